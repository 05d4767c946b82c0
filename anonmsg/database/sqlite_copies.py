"""Copies of a SQLite file: made while a server writes to it, checked, and put in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BUSY_SECONDS = 10.0
BESIDE = ("", "-wal", "-shm")


class CopyFailed(Exception):
    """Raised when a database can't be copied or put in place, with the reason in words."""


class InUse(Exception):
    """Raised when another program has the database open."""


def copy(file: Path, to: Path) -> None:
    """Copy a database as it is at one moment, without any deleted data.

    Args:
        file: The database, which may be in use.
        to: Where the copy goes; only its owner may read it.

    Raises:
        CopyFailed: it can't be read, or the copy can't be written.
    """
    # SQLite would make the file readable for others; it accepts an empty one.
    to.touch(mode=0o600, exist_ok=False)
    with _opened(file) as connection:
        connection.execute("VACUUM INTO ?", (str(to),))


def expect_whole(file: Path) -> None:
    """Check a database's pages, indexes and references.

    Raises:
        CopyFailed: it's damaged.
    """
    with _opened(file) as connection:
        [(found,)] = connection.execute("PRAGMA integrity_check(1)").fetchall()
        if found != "ok":
            raise CopyFailed(str(found))
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise CopyFailed("rows refer to others that aren't there")


def expect_unused(file: Path) -> None:
    """Check that no other program has the database open, and empty its log into it.

    A database that can't be read is nobody's: a server that has it open notices that it
    was replaced, and ends.

    Raises:
        InUse: some program has.
    """
    if not file.exists():
        return
    connection = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        # Leaving the log needs a lock that nobody gets while others are connected.
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise InUse from None
    except sqlite3.DatabaseError:
        pass
    finally:
        connection.close()


def put_in_place(new: Path, file: Path, kept: Path) -> None:
    """Replace a database by another, keeping what is replaced.

    There is a whole database at the path at every moment.

    Args:
        new: The other one, in the same folder.
        file: The path.
        kept: The path for the one that is replaced, if there is any.

    Raises:
        OSError: a file can't be moved.
    """
    if file.exists():
        _keep(file, kept)
    new.replace(file)
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _keep(file: Path, kept: Path) -> None:
    # A log that couldn't be emptied belongs to its database, and never to another.
    for suffix in BESIDE[1:]:
        with suppress(FileNotFoundError):
            file.with_name(file.name + suffix).rename(kept.with_name(kept.name + suffix))
    try:
        os.link(file, kept)
    except OSError:
        # Some file systems have no links.
        file.rename(kept)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    except sqlite3.Error as error:
        raise CopyFailed(str(error)) from None
    try:
        yield connection
    except sqlite3.Error as error:
        raise CopyFailed(str(error)) from None
    finally:
        connection.close()
