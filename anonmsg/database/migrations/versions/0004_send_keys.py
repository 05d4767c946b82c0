"""The table of retry keys is called what it holds; its rows stay."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    _rename("receipts", "send_keys")


def downgrade() -> None:
    """Take it back."""
    _rename("send_keys", "receipts")


def _rename(old: str, new: str) -> None:
    """Give the table and its index another name; no row is touched."""
    op.drop_index(f"ix_{old}_expires_at", table_name=old)
    op.rename_table(old, new)
    op.create_index(f"ix_{new}_expires_at", new, ["expires_at"])
