"""Round what is kept because of a send: a message to its second, a retry key to the hour."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change; a retry key lives up to an hour longer."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE messages SET sent_at = substr(sent_at, 1, 19) || '.000000'")
        op.execute(
            "UPDATE send_keys SET expires_at = "
            "strftime('%Y-%m-%d %H:00:00.000000', expires_at, '+1 hour')"
        )
        return
    op.execute("UPDATE messages SET sent_at = date_trunc('second', sent_at)")
    op.execute(
        "UPDATE send_keys SET expires_at = date_trunc('hour', expires_at) + interval '1 hour'"
    )


def downgrade() -> None:
    """Revert nothing: the finer times are gone."""
