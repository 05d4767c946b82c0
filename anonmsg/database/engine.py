"""The engine, its pragmas and its transactions.

SQLite's own default begins a transaction at the first write, so that what was
read before it may be stale by then. Here every transaction begins when asked
to, and one that writes takes the write lock at once (BEGIN IMMEDIATE).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, create_engine

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",
)
# Any number does, as long as every anonmsg uses the same.
MIGRATION_LOCK = 0x616E6F6E


class Database:
    """One database: SQLite in a file, or PostgreSQL."""

    def __init__(self, url: str, *, connections: int = 16) -> None:
        """Prepare the engine; nothing is opened before it is used.

        Args:
            url: The address as SQLAlchemy writes it.
            connections: How many may be open at once.
        """
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        path = make_url(url).database
        self.file = Path(path) if self.is_sqlite and path else None
        if self.file:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its -wal and -shm files the mode of this one.
            self.file.touch(mode=0o600)
        self.engine: Engine = create_engine(
            url, pool_size=connections, max_overflow=4, pool_pre_ping=not self.is_sqlite
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    def open(self) -> Session:
        """A database session; its transactions are begun by `reading` and `writing`."""
        return Session(self.engine, expire_on_commit=False)

    def migrate(self) -> None:
        """Bring the tables up to date, one process at a time."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        if self.file:
            with FileLock(self.file.with_suffix(".lock")), self.engine.connect() as connection:
                self._upgrade(config, connection)
            return
        with self.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
            self._upgrade(config, connection)
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()

    @staticmethod
    def _upgrade(config: Config, connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()


@contextmanager
def reading(db: Session) -> Iterator[Session]:
    """Read within one transaction, which leaves nothing behind.

    Rows that were read stay as they were: loading one again on sight would
    begin a transaction that nobody ends.
    """
    try:
        yield db
    finally:
        db.expunge_all()
        db.rollback()


@contextmanager
def writing(db: Session) -> Iterator[Session]:
    """Read and write within one transaction: all of it happens, or nothing."""
    db.connection(execution_options={"writes": True})
    try:
        yield db
        db.commit()
    finally:
        db.expunge_all()
        db.rollback()


def empty_the_log(db: Session) -> bool:
    """Move SQLite's write-ahead log into the file and cut it to nothing.

    What was deleted is overwritten in the file (`secure_delete`), but would
    stay readable in the log until it is written over by chance. Outside any
    transaction; PostgreSQL's log is its operator's.

    Returns:
        Whether it was cut; it is not while somebody reads for long, as a backup does.
    """
    if db.get_bind().dialect.name != "sqlite":
        return True
    # Below SQLAlchemy, which would begin a transaction first.
    connection = db.get_bind().engine.raw_connection()
    try:
        is_busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    return not is_busy


def insert(db: Session, table: type[SQLModel]) -> Any:
    """An INSERT of this database's dialect, which knows ON CONFLICT."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's own transaction handling is off: the "begin" hook does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
