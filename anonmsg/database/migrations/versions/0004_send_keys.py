"""Rename the table of retry keys from `receipts` to `send_keys`, keeping its rows."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    _rename("receipts", "send_keys")


def downgrade() -> None:
    """Revert the change."""
    _rename("send_keys", "receipts")


def _rename(old: str, new: str) -> None:
    """Rename the table and its index without touching any row."""
    op.drop_index(f"ix_{old}_expires_at", table_name=old)
    op.rename_table(old, new)
    op.create_index(f"ix_{new}_expires_at", new, ["expires_at"])
