"""The bounds of every PostgreSQL connection, so that nothing holds a thread for long.

Without them a locked table, a server that says nothing or a forgotten transaction
would hold one thread after the other, until none is left to answer anybody.
"""

from __future__ import annotations

from sqlalchemy.engine import URL

# By libpq's names. A server whose machine has gone says nothing more: its connections
# are given up 20 seconds later, where TCP alone would wait for a quarter of an hour.
CONNECTION = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "20000",
}
SESSION = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
}


def bounded(url: URL) -> URL:
    """Add the bounds to an address of PostgreSQL; what it says itself comes last and wins."""
    asked = url.query.get("options", ())
    theirs = [asked] if isinstance(asked, str) else list(asked)
    ours = [f"-c {name}={value}" for name, value in SESSION.items()]
    return url.update_query_dict({**CONNECTION, **url.query, "options": " ".join([*ours, *theirs])})
