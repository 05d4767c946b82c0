"""The engine, its pragmas and its transactions.

By default, SQLite begins a transaction at the first write, so what was read before it
may already be stale. Here every transaction begins explicitly, and one that writes
takes the write lock at once (BEGIN IMMEDIATE).

PostgreSQL lets transactions write side by side, and each of their statements sees what
others have committed. Here one that writes takes an advisory lock first, so that it's
as alone as on SQLite, and one that reads sees a single snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session, SQLModel, create_engine

from anonmsg.database import locks, revisions
from anonmsg.database.bounds import bounded
from anonmsg.database.open_file import OpenFile
from anonmsg.database.reader import PostgresqlReader, Reader, SqliteReader

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",
)
# All statements of a transaction see the same rows, and none can change any.
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
MOST_CONNECTIONS = 20
# Seconds to wait for a connection while others use all of them.
CONNECTION_WITHIN = 5
# The name under which a session knows its file.
OPEN_FILE = "open file"


class Database:
    """One database: a SQLite file, or PostgreSQL."""

    def __init__(self, url: str, *, connections: int = MOST_CONNECTIONS) -> None:
        """Prepare the engine; it connects on first use.

        Args:
            url: The database URL, as SQLAlchemy writes it.
            connections: How many connections it opens at most.
        """
        address = make_url(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self.file = Path(address.database) if self.is_sqlite and address.database else None
        if self.file:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite creates its -wal and -shm files with this file's mode.
            self.file.touch(mode=0o600)
        # Told in a sentence that the file is gone; whoever serves people then ends the process.
        self.when_replaced: Callable[[str], None] = lambda _sentence: None
        self._open_file = OpenFile(self.file, self._tell_replaced) if self.file else None
        self.engine = self._engine(address, connections)
        self.reader: Reader = (
            SqliteReader(self.file) if self.file else PostgresqlReader(self.engine)
        )

    def _engine(self, address: URL, connections: int) -> Engine:
        pool = {"pool_size": connections, "max_overflow": 0, "pool_timeout": CONNECTION_WITHIN}
        if self.is_sqlite:
            made = create_engine(address, **pool)
            event.listen(made, "connect", self._prepare_sqlite)
            event.listen(made, "begin", _begin_sqlite)
        else:
            # An operator's own default of another level would hide what others have
            # committed before the lock was taken.
            made = create_engine(
                bounded(address), pool_pre_ping=True, isolation_level="READ COMMITTED", **pool
            )
            event.listen(made, "begin", _begin_postgresql)
        return made

    def open(self) -> Session:
        """Open a database session; `reading` and `writing` begin its transactions."""
        return Session(self.engine, expire_on_commit=False, info={OPEN_FILE: self._open_file})

    def migrate(self) -> None:
        """Migrate the tables to the latest version, one process at a time."""
        if self.file:
            revisions.migrate_file(self.engine, self.file)
        else:
            revisions.migrate_server(self.engine)

    def _tell_replaced(self, sentence: str) -> None:
        self.when_replaced(sentence)

    def _prepare_sqlite(self, connection: Any, _record: Any) -> None:
        # Turn off Python's own transaction handling; the "begin" hook does it.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # A later connection would open another file, or make an empty one.
        if self._open_file:
            self._open_file.check()

    def close(self) -> None:
        """Close every idle connection."""
        self.reader.close()
        self.engine.dispose()


@contextmanager
def reading(db: Session) -> Iterator[Session]:
    """Read within one transaction, and roll it back.

    Rows stay as they were read: reloading one on access would begin a transaction that
    nothing ends.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.connection(execution_options=SNAPSHOT)
    try:
        yield db
    finally:
        db.expunge_all()
        db.rollback()


@contextmanager
def writing(db: Session) -> Iterator[Session]:
    """Read and write within one transaction: all of it happens, or none of it.

    Raises:
        DatabaseReplaced: it went into a file that nobody will open again.
    """
    db.connection(execution_options={"writes": True})
    try:
        yield db
        db.commit()
        if (open_file := db.info.get(OPEN_FILE)) is not None:
            open_file.check()
    finally:
        db.expunge_all()
        db.rollback()


def truncate_wal(db: Session) -> bool:
    """Checkpoint SQLite's write-ahead log and truncate it.

    Deleted data is overwritten in the database file (`secure_delete`), but stays
    readable in the log until something happens to overwrite it. Call this outside any
    transaction. PostgreSQL's log is up to its operator.

    Returns:
        Whether the log was truncated; a long-running reader, such as a backup, prevents it.
    """
    if db.get_bind().dialect.name != "sqlite":
        return True
    # Bypass SQLAlchemy, which would begin a transaction first.
    connection = db.get_bind().engine.raw_connection()
    try:
        is_busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    return not is_busy


def insert(db: Session, table: type[SQLModel]) -> Any:
    """Return an INSERT in this database's dialect, which supports ON CONFLICT."""
    return insert_for(db.get_bind().dialect.name, table)


def insert_for(dialect: str, table: type[SQLModel]) -> Any:
    """Return an INSERT in the dialect of this name, for statements that are built once."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def took(db: Session, statement: Any) -> bool:
    """Run an INSERT .. ON CONFLICT, and return whether it inserted or changed a row.

    RETURNING tells it; PostgreSQL's driver counts no rows of an INSERT.
    """
    keys = statement.table.primary_key.columns
    return db.connection().execute(statement.returning(*keys)).first() is not None


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        locks.hold(connection, locks.WRITING)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
