"""Reads single rows without a session, for what is asked most often.

In SQLite's write-ahead-log mode, a reader never waits for a writer, and a keyed read
takes some ten microseconds, so it needs no thread either. Nothing is cached, not even
SQLite's own pages: the time of an answer would tell whether somebody asked before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Engine, Select
from sqlalchemy.dialects import sqlite

Row = tuple[Any, ...]
Query = Select[*tuple[Any, ...]]


class Reader(Protocol):
    """Reads single rows."""

    @property
    def is_instant(self) -> bool:
        """Whether reading never makes its caller wait."""

    def row(self, query: Query, values: Mapping[str, Any]) -> Row | None:
        """Return a query's first row with these values bound, or None."""

    def close(self) -> None:
        """Close the connection."""


class SqliteReader:
    """A read-only connection to the database file, for one statement at a time."""

    is_instant = True

    def __init__(self, file: Path) -> None:
        """Prepare it; it connects on first use, when the file has its tables."""
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._lock = Lock()
        self._compiled: dict[Query, tuple[str, tuple[str, ...]]] = {}

    def row(self, query: Query, values: Mapping[str, Any]) -> Row | None:
        """Return a query's first row with these values bound, or None.

        Raises:
            sqlite3.Error: the database can't be read now.
        """
        if query not in self._compiled:
            compiled = query.compile(dialect=sqlite.dialect())
            self._compiled[query] = str(compiled), tuple(compiled.positiontup or ())
        sql, names = self._compiled[query]
        with self._lock:
            if self._connection is None:
                self._connection = self._connected()
            found = self._connection.execute(sql, [_stored(values[name]) for name in names])
            row: Row | None = found.fetchone()
            return row

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._file.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA cache_size=0")
        return connection

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None


class PostgresqlReader:
    """Reads through the engine's pool by the driver itself.

    Running a query through SQLAlchemy takes twice the processor that this does. One
    statement is one snapshot, and a transaction around it would be two more round trips.
    """

    is_instant = False

    def __init__(self, engine: Engine) -> None:
        """Keep the engine, of whose connections each row takes one."""
        self._engine = engine
        self._compiled: dict[Query, tuple[str, dict[str, Any]]] = {}

    def row(self, query: Query, values: Mapping[str, Any]) -> Row | None:
        """Return a query's first row with these values bound, or None.

        Raises:
            sqlalchemy.exc.TimeoutError: all connections are in use.
            psycopg.Error: the database can't be read now.
        """
        if query not in self._compiled:
            compiled = query.compile(dialect=self._engine.dialect)
            own = {name: value for name, value in compiled.params.items() if value is not None}
            self._compiled[query] = str(compiled), own
        sql, own = self._compiled[query]
        lent = self._engine.raw_connection()
        try:
            driver: Any = lent.driver_connection
            driver.autocommit = True
            try:
                row: Row | None = driver.execute(sql, {**own, **values}).fetchone()
            finally:
                driver.autocommit = False
        finally:
            lent.close()
        return row

    def close(self) -> None:
        """Leave the pool to whoever made it."""


def _stored(value: Any) -> Any:
    """Return a value as SQLAlchemy stores it in SQLite: times are naive UTC, as text."""
    if isinstance(value, datetime):
        naive = value.astimezone(UTC).replace(tzinfo=None)
        return naive.isoformat(sep=" ", timespec="microseconds")
    return value
