"""Inspects how far a database is migrated, without changing it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from anonmsg.database.engine import Database
from anonmsg.database.revisions import State, state_of

__all__ = [
    "CANNOT_OPEN",
    "NEWER",
    "CannotOpen",
    "Server",
    "State",
    "errors_reported",
    "look",
    "problem",
    "server",
    "shown",
]

CANNOT_OPEN = "DATABASE_URL: the database can't be opened: {reason}"
SETTINGS = """
SELECT current_setting('max_connections'), current_setting('superuser_reserved_connections'),
    current_setting('log_error_verbosity')
"""
NEWER = "DATABASE_URL: the tables are of a newer anonmsg; update this one"


@dataclass(frozen=True)
class Server:
    """How many connections a PostgreSQL server allows, and whether its log repeats values."""

    connections: int
    logs_values: bool


class CannotOpen(Exception):
    """Raised when a database can't be used, with a reason that contains no password."""


def shown(address: str) -> str:
    """Return a database URL without its password and options."""
    try:
        return make_url(address).set(query={}).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        return "an address that cannot be read"


def look(address: str) -> State:
    """Return how far a database is migrated.

    Raises:
        CannotOpen: it can't be reached, read or written to.
    """
    url = _parse(address)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        _require_writable_folder(Path(url.database))
        return State.MISSING
    try:
        with errors_reported(address):
            return _state(url)
    except (SQLAlchemyError, ImportError, OSError, ValueError) as error:
        raise CannotOpen(f"{type(error).__name__} when it was opened") from None


def problem(address: str) -> str:
    """Return why anonmsg can't start with a database, or an empty string."""
    try:
        return NEWER if look(address) is State.UNKNOWN else ""
    except CannotOpen as error:
        return CANNOT_OPEN.format(reason=error)


def server(address: str) -> Server | None:
    """Return what a PostgreSQL server is set to; None for SQLite.

    Raises:
        CannotOpen: it can't be reached.
    """
    if make_url(address).get_backend_name() == "sqlite":
        return None
    database = Database(address, connections=1)
    try:
        with errors_reported(address), database.engine.connect() as connection:
            asked = connection.exec_driver_sql(SETTINGS).one()
            return Server(int(asked[0]) - int(asked[1]), asked[2] != "terse")
    finally:
        database.close()


@contextmanager
def errors_reported(address: str) -> Iterator[None]:
    """Reduce a database error to one line without a password.

    Raises:
        CannotOpen: the database reported an error.
    """
    try:
        yield
    except DBAPIError as error:
        raise CannotOpen(_first_line(error, make_url(address).password)) from None


def _parse(address: str) -> URL:
    try:
        url = make_url(address)
        name = url.get_backend_name()
        url.get_dialect()
    except (ArgumentError, ValueError, TypeError):
        raise CannotOpen("the address cannot be read") from None
    except (NoSuchModuleError, ImportError):
        name = ""
    if name not in {"sqlite", "postgresql"}:
        raise CannotOpen("only sqlite:/// and postgresql+psycopg:// are known")
    return url


def _require_writable_folder(file: Path) -> None:
    folder = next((each for each in file.absolute().parents if each.exists()), Path("/"))
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise CannotOpen(f"nothing can be written in {folder}")


def _state(url: URL) -> State:
    database = Database(url.render_as_string(hide_password=False), connections=1)
    try:
        # This transaction writes nothing; on SQLite it proves that it could. PostgreSQL's lock
        # of writers proves nothing, and whoever starts needn't wait for it.
        writes = database.is_sqlite
        with database.engine.connect().execution_options(writes=writes) as connection:
            if not database.is_sqlite:
                _expect_primary(connection)
            return state_of(connection)
    finally:
        database.close()


def _expect_primary(connection: Connection) -> None:
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
        raise CannotOpen("it can only be read there, as on a standby")


def _first_line(error: DBAPIError, password: str | None) -> str:
    line = next(iter(str(error.orig).splitlines()), "no reason was given")
    return line.replace(password, "***") if password else line
