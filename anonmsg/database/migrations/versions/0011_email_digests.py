"""Add who is told about new messages by email, and which emails let others go first."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change: nobody is told."""
    op.create_table(
        "email_digests",
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_email_digests_next_at", "email_digests", ["next_at"])
    op.add_column(
        "mails", sa.Column("is_bulk", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Revert the change."""
    op.drop_column("mails", "is_bulk")
    op.drop_table("email_digests")
