"""The bounds of every PostgreSQL connection, so that nothing holds a thread for long.

Without them a locked table, a server that says nothing or a forgotten transaction
would hold one thread after the other, until none is left to answer anybody.
"""

from __future__ import annotations

from sqlalchemy.engine import URL

CONNECT_SECONDS = "5"
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
    added = {"options": " ".join([*ours, *theirs])}
    if "connect_timeout" not in url.query:
        added["connect_timeout"] = CONNECT_SECONDS
    return url.update_query_dict(added)
