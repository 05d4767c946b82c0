"""Record which pepper made each recovery code, so that the pepper can be rotated."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column(
        "recovery_codes",
        sa.Column("pepper_id", sa.String(length=8), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Revert the change."""
    op.drop_column("recovery_codes", "pepper_id")
