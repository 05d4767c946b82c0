"""Add until when an owner's page is paused, and the owner's time zone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change: no page is paused."""
    op.add_column("people", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "people", sa.Column("time_zone", sa.String(64), nullable=False, server_default="")
    )
    op.create_index("ix_people_paused_until", "people", ["paused_until"])


def downgrade() -> None:
    """Revert the change."""
    op.drop_index("ix_people_paused_until", table_name="people")
    op.drop_column("people", "time_zone")
    op.drop_column("people", "paused_until")
