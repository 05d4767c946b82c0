"""Databases that fail as they do in earnest: locked by another process, or on a full disk."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import event

from anonmsg.runtime.runtime import Runtime


@contextmanager
def locked(runtime: Runtime) -> Iterator[None]:
    """Another process has the database for itself."""
    _do_not_wait(runtime)
    with closing(sqlite3.connect(str(runtime.database.file), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
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


def _do_not_wait(runtime: Runtime) -> None:
    """Close the connections, and let the next ones wait for a lock only for a moment."""

    def soon(_dialect: object, _record: object, _args: object, options: dict[str, object]) -> None:
        options["timeout"] = 0.02

    engine = runtime.database.engine
    engine.dispose()
    event.listen(engine, "do_connect", soon)
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout=20"))
