"""The revisions of the tables: which one a database has, and how it gets the latest."""

from __future__ import annotations

import time
from enum import Enum, auto
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from anonmsg.database import locks

# A change that waits longer makes everyone else wait behind it.
LOCK_WITHIN = "5s"
# Seconds.
PAUSE = 1.0
GIVEN_UP_AFTER = 300.0


class State(Enum):
    """How far a database is migrated."""

    MISSING = auto()
    EMPTY = auto()
    BEHIND = auto()
    CURRENT = auto()
    UNKNOWN = auto()


class UnknownRevision(Exception):
    """Raised when tables aren't of this release; they may be of a newer one."""


def expect_known(connection: Connection) -> None:
    """Check that the tables are of a revision that this release knows.

    Raises:
        UnknownRevision: they aren't.
    """
    if state_of(connection) not in {State.BEHIND, State.CURRENT}:
        raise UnknownRevision


def state_of(connection: Connection) -> State:
    """Compare a database's revision with the latest."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return State.EMPTY
    known = _known()
    if revision == known[0]:
        return State.CURRENT
    return State.BEHIND if revision in known else State.UNKNOWN


@cache
def _known() -> tuple[str, ...]:
    """Return the revisions that this release knows, the latest first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())


def migrate_file(engine: Engine, file: Path) -> None:
    """Migrate a SQLite file, one process at a time."""
    with FileLock(file.with_suffix(".lock")), engine.connect() as connection:
        # From the start, so that it waits for others' writes: a reader that goes on to
        # write is refused at once if anyone has written in between.
        _upgrade(connection.execution_options(writes=True))


def migrate_server(
    engine: Engine, *, pause: float = PAUSE, given_up_after: float = GIVEN_UP_AFTER
) -> None:
    """Migrate a PostgreSQL database, one process at a time, in one transaction.

    A change that can't have its lock within five seconds lets the others go first, and
    tries again.

    Args:
        engine: The database.
        pause: Seconds between two tries.
        given_up_after: Seconds after which no other try begins.

    Raises:
        OperationalError: the lock couldn't be had in time.
    """
    deadline = time.monotonic() + given_up_after
    while True:
        try:
            with engine.connect() as connection:
                _bound_changes(connection)
                locks.hold(connection, locks.MIGRATING)
                _upgrade(connection)
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable) or time.monotonic() > deadline:
                raise
            time.sleep(pause)
        else:
            return


def _bound_changes(connection: Connection) -> None:
    """Let a change take its time, but not wait for a lock for long."""
    for name, value in (
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        ("lock_timeout", f"'{LOCK_WITHIN}'"),
    ):
        connection.exec_driver_sql(f"SET LOCAL {name} = {value}")


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
