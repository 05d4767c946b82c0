"""Databases that fail as they do in earnest: locked by another process, or on a full disk."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import event, text

from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime


@contextmanager
def locked(runtime: Runtime) -> Iterator[None]:
    """Another process has the database for itself."""
    _do_not_wait(runtime)
    with closing(_alone_with(runtime)):
        yield


@contextmanager
def full(runtime: Runtime) -> Iterator[None]:
    """No file may grow any more; its connections are open, as a server's are."""
    del runtime
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refuse_rows(ctx: Context, table: str, why: str) -> None:
    """Let the database refuse every row of a table from now on, in these words."""
    is_sqlite = ctx.db.get_bind().dialect.name == "sqlite"
    with ctx.writing() as db:
        if not is_sqlite:
            raises = f"RAISE check_violation USING MESSAGE = '{why}'"
            no = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql"
            db.exec(text(f"{no} AS $$ BEGIN {raises}; END $$"))
        does = f"BEGIN SELECT RAISE(ABORT, '{why}'); END" if is_sqlite else "EXECUTE FUNCTION no()"
        each = "" if is_sqlite else "FOR EACH ROW"
        for change in ("INSERT", "UPDATE"):
            db.exec(text(f"CREATE TRIGGER no_{change} BEFORE {change} ON {table} {each} {does}"))


def _alone_with(runtime: Runtime) -> sqlite3.Connection:
    """Connect once nobody else is connected; a thread of the app may just have been."""
    deadline = time.monotonic() + 20
    while True:
        other = sqlite3.connect(str(runtime.database.file), isolation_level=None, timeout=0.05)
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            other.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            other.close()
            if time.monotonic() > deadline:
                raise
            _disconnect(runtime)
        else:
            return other


def _do_not_wait(runtime: Runtime) -> None:
    """Close the connections, and let the next ones wait for a lock only for a moment."""

    def soon(_dialect: object, _record: object, _args: object, options: dict[str, object]) -> None:
        options["timeout"] = 0.02

    engine = runtime.database.engine
    _disconnect(runtime)
    event.listen(engine, "do_connect", soon)
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout=20"))


def _disconnect(runtime: Runtime) -> None:
    """Close the connections that wait for the next query; it opens a new one."""
    runtime.database.engine.dispose()
    runtime.database.reader.close()
