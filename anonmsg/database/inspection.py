"""Inspects how far a database is migrated, without changing it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from anonmsg.database.engine import Database

CONNECT_SECONDS = "10"


class State(Enum):
    """How far a database is migrated."""

    MISSING = auto()
    EMPTY = auto()
    BEHIND = auto()
    CURRENT = auto()
    UNKNOWN = auto()


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
    if name == "postgresql":
        return url.update_query_dict({"connect_timeout": CONNECT_SECONDS})
    return url


def _require_writable_folder(file: Path) -> None:
    folder = next((each for each in file.absolute().parents if each.exists()), Path("/"))
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise CannotOpen(f"nothing can be written in {folder}")


def _state(url: URL) -> State:
    database = Database(url.render_as_string(hide_password=False), connections=1)
    try:
        # This transaction writes nothing; it only proves that it could.
        with database.engine.connect().execution_options(writes=True) as connection:
            return _compare_revision(connection)
    finally:
        database.close()


def _compare_revision(connection: Connection) -> State:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return State.EMPTY
    if revision == scripts.get_current_head():
        return State.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return State.BEHIND if revision in known else State.UNKNOWN


def _first_line(error: DBAPIError, password: str | None) -> str:
    line = next(iter(str(error.orig).splitlines()), "no reason was given")
    return line.replace(password, "***") if password else line
