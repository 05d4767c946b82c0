"""Add for how long an owner keeps messages."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change: everything is kept, as before."""
    op.add_column(
        "inboxes", sa.Column("keep_days", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "inboxes",
        sa.Column("keep_starred", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def downgrade() -> None:
    """Revert the change."""
    op.drop_column("inboxes", "keep_starred")
    op.drop_column("inboxes", "keep_days")
