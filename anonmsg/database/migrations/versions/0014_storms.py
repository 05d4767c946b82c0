"""Add the storm brake, and which messages it holds."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change: the brake is off."""
    op.add_column("people", sa.Column("storm_at", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "held_messages",
        sa.Column("in_storm", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_held_messages_storm",
        "held_messages",
        ["person_id"],
        sqlite_where=sa.text("in_storm = 1"),
        postgresql_where=sa.text("in_storm"),
    )


def downgrade() -> None:
    """Revert the change; what the brake held is delivered."""
    op.drop_index("ix_held_messages_storm", table_name="held_messages")
    op.drop_column("held_messages", "in_storm")
    op.drop_column("people", "storm_at")
