"""The database that belongs to a test's data folder: its SQLite file, or one of PostgreSQL.

`TEST_DATABASE=postgresql` runs the tests on PostgreSQL. Each test process starts a
server of its own at the first need. A database is used again once the folder that it
belonged to is gone, emptied by one TRUNCATE: making one takes far longer.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
from sqlmodel import SQLModel

from anonmsg.database.engine import Database
from anonmsg.database.tables import Person
from tests.postgresql_server import PostgresqlServer, postgresql_server

ON_POSTGRESQL = os.environ.get("TEST_DATABASE") == "postgresql"
assert Person.metadata is SQLModel.metadata
# A slow machine isn't a failure.
PATIENCE = "connect_timeout=60&options=-c%20lock_timeout%3D30s"
# Orders rows as they were inserted.
INSERTED = "ctid" if ON_POSTGRESQL else "rowid"
# What a test may have changed: columns, indexes, triggers and the revision.
SHAPE = """
SELECT string_agg(part, ';' ORDER BY part) FROM (
    SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
    WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
) AS parts (part)
"""
REVISION = "SELECT version_num FROM alembic_version"
# Ours have the higher ids. Samples of them are in pg_statistic; the other tables of the
# system hold words of its own, such as the name of every locale.
PLACES = """
SELECT pg_relation_filepath(oid) FROM pg_class
WHERE (oid >= 16384 OR relname = 'pg_statistic') AND pg_relation_filepath(oid) IS NOT NULL
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    """The databases of one server, each lent to one data folder at a time."""

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self._lent: dict[Path, str] = {}
        self._shape: list[object] = []

    def url(self, folder: Path) -> str:
        """The address of a folder's database, migrated and empty at the first call."""
        if folder not in self._lent:
            old = next((each for each in self._lent if not each.parent.exists()), None)
            name = self._server.database() if old is None else self._lent.pop(old)
            self._empty(name)
            self._lent[folder] = name
        return self._server.url(self._lent[folder])

    def at_rest(self, folder: Path) -> bytes:
        """What a folder's database has on disk."""
        with self._server.superuser(self._lent[folder]) as connection:
            connection.execute("CHECKPOINT")
            found = [str(path) for (path,) in connection.execute(PLACES)]
        files = [self._server.folder / "data" / path for path in sorted(found)]
        return b"".join(file.read_bytes() for file in files)

    def _empty(self, name: str) -> None:
        with self._server.superuser(name) as connection:
            connection.execute(END_OTHERS)
            if self._shape and self._shape_of(connection) == self._shape:
                tables = ", ".join(SQLModel.metadata.tables)
                connection.execute(f"TRUNCATE {tables}".encode())
                return
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public AUTHORIZATION anonmsg")
            database = Database(self._server.url(name))
            database.migrate()
            database.close()
            self._shape = self._shape_of(connection)

    @staticmethod
    def _shape_of(connection: psycopg.Connection[tuple[object, ...]]) -> list[object]:
        try:
            found = [*connection.execute(SHAPE), *connection.execute(REVISION)]
        except psycopg.errors.UndefinedTable:
            return []
        return [value for row in found for value in row]


_open = ExitStack()
_made: list[tuple[PostgresqlServer, Databases]] = []


def _running() -> tuple[PostgresqlServer, Databases]:
    if not _made:
        server = _open.enter_context(postgresql_server())
        _made.append((server, Databases(server)))
    return _made[0]


def server() -> PostgresqlServer:
    """The PostgreSQL server of this test process, which no test may stop."""
    return _running()[0]


def end() -> None:
    """End what was started."""
    _made.clear()
    _open.close()


def on_postgresql(folder: Path) -> str:
    """The address of a data folder's database on PostgreSQL, whatever the other tests run on."""
    return _running()[1].url(folder)


def url(folder: Path) -> str:
    """What DATABASE_URL has to be for a data folder; nothing where it's a file in it."""
    return f"{on_postgresql(folder)}?{PATIENCE}" if ON_POSTGRESQL else ""


def earlier(column: str, *, by: int) -> str:
    """A column's time, so many seconds earlier, as an expression of the database."""
    if ON_POSTGRESQL:
        return f"{column} - interval '{by} seconds'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-{by} seconds')"


def env(folder: Path) -> dict[str, str]:
    """What a process needs in its environment to work on a data folder's database."""
    return {"DATABASE_URL": url(folder)} if ON_POSTGRESQL else {}


def at_rest(folder: Path) -> bytes:
    """What a data folder's database has on disk."""
    if not ON_POSTGRESQL:
        return b"".join(file.read_bytes() for file in sorted(folder.glob("anonmsg.db*")))
    url(folder)
    return _running()[1].at_rest(folder)


def query(folder: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Run a statement on a data folder's database, with `?` for each value."""
    if not ON_POSTGRESQL:
        with closing(sqlite3.connect(folder / "anonmsg.db", timeout=10)) as opened, opened:
            return opened.execute(statement, values).fetchall()
    plain = url(folder).replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(plain, options="-c timezone=UTC") as connection:
        found = connection.execute(statement.replace("?", "%s").encode(), values)
        return found.fetchall() if found.description else []
