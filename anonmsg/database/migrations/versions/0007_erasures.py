"""Add the keyed digests of erased accounts, so that no restored backup brings them back."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "erasures",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_erasures_erased_on", "erasures", ["erased_on"])


def downgrade() -> None:
    """Revert the change."""
    op.drop_index("ix_erasures_erased_on", table_name="erasures")
    op.drop_table("erasures")
