"""The locks that all processes and hosts share by the database server.

SQLite has its own lock for writers, and all of its processes are on one machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlmodel import Session

# Any numbers work, as long as every anonmsg process uses the same ones.
MIGRATING = 0x616E6F6E
WRITING = 0x616E6F6F
PURGING = 0x616E6F70
SEALING = 0x616E6F71
NOTIFYING = 0x616E6F72

WAIT_FOR = text("SELECT pg_advisory_xact_lock(:key)")
TRY = text("SELECT pg_try_advisory_lock(:key)")
LET_GO = text("SELECT pg_advisory_unlock(:key)")


def hold(connection: Connection, key: int) -> None:
    """Wait for a lock on PostgreSQL, and hold it to the transaction's end."""
    connection.execute(WAIT_FOR, {"key": key})


@contextmanager
def alone(db: Session, key: int) -> Iterator[bool]:
    """Hold a lock for the block if nobody else does, and tell whether it's held.

    A process that is killed lets go of it. On SQLite everyone may go on at once.
    """
    bind = db.get_bind()
    if bind.dialect.name == "sqlite":
        yield True
        return
    # Without a transaction, which would be idle for as long as the block takes.
    options = {"isolation_level": "AUTOCOMMIT"}
    with bind.engine.connect().execution_options(**options) as connection:
        is_alone = bool(connection.execute(TRY, {"key": key}).scalar())
        try:
            yield is_alone
        finally:
            if is_alone:
                connection.execute(LET_GO, {"key": key})
