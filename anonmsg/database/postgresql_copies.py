"""Copies of a PostgreSQL database: dumped at one moment, and restored beside the one in use.

A restored database gets its own name, is migrated and checked there, and then both are
renamed in one transaction. So a restore that fails has changed nothing, and the one that
was replaced is still there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url

from anonmsg.database import postgresql_tools
from anonmsg.database.sqlite_copies import CopyFailed, InUse

# The databases that every server has, from which the others are made and renamed. None can
# be renamed from itself.
MAINTENANCE, ANOTHER = "postgres", "template1"
LONGEST_NAME = 63
# The first half of a lock's number; the second is the name of the database.
RESTORING = 0x616E6F71
UNDER_WAY = "another restore or check of this database is under way"
# Without the server's own work, such as autovacuum, which gives way to a renaming.
USERS_OF = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usesysid IS NOT NULL"
MAY_NOT_CREATE = (
    "this user of PostgreSQL may not create databases, and a backup is restored into a new one. "
    'As an administrator, run: ALTER ROLE "{user}" CREATEDB'
)


def copy(url: str, to: Path, counted: Sequence[str]) -> tuple[str, dict[str, int]]:
    """Dump a database, and return its migration and row counts at the same moment.

    Raises:
        CopyFailed: it can't be done; says why.
    """
    with _connected(make_url(url)) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = _one(connection, sql.SQL("SELECT pg_export_snapshot()"))
        counts = {
            table: int(
                _one(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            )
            for table in counted
        }
        revision = str(_one(connection, sql.SQL("SELECT version_num FROM alembic_version")))
        postgresql_tools.dump(url, to, snapshot=str(snapshot), server=_major(connection))
    return revision, counts


class StagedPostgresql:
    """A database beside the one in use, on the same server."""

    def __init__(self, url: str) -> None:
        """Make it, in place of one that an interrupted restore left.

        Raises:
            CopyFailed: it can't be made, or another restore has made one.
        """
        self._url = make_url(url)
        self._target = self._url.database or ""
        elsewhere = ANOTHER if self._target == MAINTENANCE else MAINTENANCE
        self._maintenance = self._url.set(database=elsewhere)
        self._name = _suffixed(self._target, "_anonmsg_restore")
        with ExitStack() as held:
            # Held to the end, so that nobody else takes this one's database for a leftover.
            connection = held.enter_context(_connected(self._maintenance))
            self._server = _major(connection)
            lock = _sql("SELECT pg_try_advisory_lock(%s, hashtext(%s))")
            if not _one(connection, lock, RESTORING, self._target):
                raise CopyFailed(UNDER_WAY)
            connection.execute(_sql("DROP DATABASE IF EXISTS {}", self._name))
            try:
                connection.execute(
                    _sql("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", self._name)
                )
            except psycopg.errors.InsufficientPrivilege:
                raise CopyFailed(MAY_NOT_CREATE.format(user=self._url.username)) from None
            self._held = held.pop_all()

    @property
    def url(self) -> str:
        """Its URL."""
        return self._url.set(database=self._name).render_as_string(hide_password=False)

    @property
    def is_replacing(self) -> bool:
        """Whether the server has a database of that name."""
        query = _sql("SELECT count(*) FROM pg_database WHERE datname = %s")
        with _connected(self._maintenance) as connection:
            return int(_one(connection, query, self._target)) > 0

    def fill(self, copy: Path) -> None:
        """Run `pg_restore`."""
        postgresql_tools.load(copy, self.url, server=self._server)

    def expect_whole(self) -> None:
        """Do nothing: `pg_restore` has made every constraint and index anew."""

    def expect_unused(self) -> None:
        """Check that nobody is connected to the one in use."""
        with _connected(self._maintenance) as connection:
            if int(_one(connection, _sql(USERS_OF), self._target)):
                raise InUse

    def take_over(self, at: datetime) -> str:
        """Rename both in one transaction."""
        kept = _suffixed(self._target, f"_replaced_{at:%Y%m%d_%H%M%S}")
        is_there = self.is_replacing
        with _connected(self._maintenance) as connection:
            try:
                with connection.transaction():
                    if is_there:
                        connection.execute(
                            _sql("ALTER DATABASE {} RENAME TO {}", self._target, kept)
                        )
                    connection.execute(
                        _sql("ALTER DATABASE {} RENAME TO {}", self._name, self._target)
                    )
            except psycopg.errors.ObjectInUse:
                raise InUse from None
        return f"database {kept}" if is_there else ""

    def drop_kept(self, kept: str) -> None:
        """Drop the replaced one."""
        self._drop(kept.removeprefix("database "))

    def close(self) -> None:
        """Drop it, unless it has taken the other's place."""
        with suppress(CopyFailed):
            self._drop(self._name)
        with suppress(CopyFailed):
            self._held.close()

    def _drop(self, name: str) -> None:
        with _connected(self._maintenance) as connection:
            connection.execute(_sql("DROP DATABASE IF EXISTS {}", name))


@contextmanager
def _connected(url: URL) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Connect, each statement a transaction of its own.

    Raises:
        CopyFailed: the server can't be reached, or refuses; without the password.
    """
    asked = {"connect_timeout": "10"} | postgresql_tools.keywords(url)
    try:
        with psycopg.connect(make_conninfo(**asked), autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        line = next(iter(str(error).splitlines()), "no reason was given")
        raise CopyFailed(line.replace(url.password, "***") if url.password else line) from None


def _one(
    connection: psycopg.Connection[tuple[Any, ...]], query: sql.SQL | sql.Composed, *values: object
) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else ""


def _major(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    return connection.info.server_version // 10_000


def _sql(query: Any, *names: str) -> sql.Composed:
    return sql.SQL(query).format(*map(sql.Identifier, names))


def _suffixed(name: str, suffix: str) -> str:
    return name[: LONGEST_NAME - len(suffix)] + suffix
