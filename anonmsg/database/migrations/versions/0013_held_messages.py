"""Add messages that wait for their delivery, and when an owner wants it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NUMBERS = {"delivery_hour": "20", "deliver_together": "1", "quiet_from": "0", "quiet_to": "0"}


def upgrade() -> None:
    """Apply the change: everything is delivered right away, as before."""
    op.add_column(
        "people", sa.Column("delivery", sa.String(10), nullable=False, server_default="now")
    )
    for name, default in NUMBERS.items():
        op.add_column(
            "people", sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        )
    op.create_table(
        "held_messages",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("together", sa.Integer(), nullable=False),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        # Else their order would tell in which order they came.
        sqlite_with_rowid=False,
    )
    columns = ["person_id", "due_at", "together", "latest_at"]
    op.create_index("ix_held_messages_due", "held_messages", columns)


def downgrade() -> None:
    """Revert the change; what waits is lost."""
    op.drop_table("held_messages")
    for name in ("delivery", *NUMBERS):
        op.drop_column("people", name)
