"""Let owners ask something on their page, in one line."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column(
        "people", sa.Column("prompt", sa.String(length=80), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Revert the change."""
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_column("prompt")
