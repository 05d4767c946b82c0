"""Copies of a database, of either kind, and where a restored one waits to take its place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from anonmsg.database import postgresql_copies, sqlite_copies
from anonmsg.database.sqlite_copies import CopyFailed, InUse

__all__ = ["COUNTED", "Copied", "CopyFailed", "InUse", "Stage", "copy_to", "kind_of", "stage"]

# The tables whose rows a backup counts.
COUNTED = ("people", "messages")


@dataclass(frozen=True)
class Copied:
    """What a copy holds: which migration its tables are at, and how many rows."""

    revision: str
    counts: dict[str, int]


class Stage(Protocol):
    """A database beside the one in use, which can take its place."""

    @property
    def url(self) -> str:
        """Its URL."""

    @property
    def is_replacing(self) -> bool:
        """Whether there is a database whose place it would take."""

    def fill(self, copy: Path) -> None:
        """Fill it from a copy, which may be moved.

        Raises:
            CopyFailed: the copy can't be read, or there's no room for it.
        """

    def expect_whole(self) -> None:
        """Check it.

        Raises:
            CopyFailed: it's damaged.
        """

    def expect_unused(self) -> None:
        """Check that nobody uses the database whose place it takes.

        Raises:
            InUse: somebody does.
        """

    def take_over(self, at: datetime) -> str:
        """Take the place of the one in use.

        Args:
            at: The time (aware UTC) by which the replaced one is named.

        Returns:
            Where the replaced one is kept, or "" if there was none.

        Raises:
            InUse: somebody uses it.
            CopyFailed: it can't be done.
            OSError: a file can't be moved.
        """

    def drop_kept(self, kept: str) -> None:
        """Delete the replaced one."""

    def close(self) -> None:
        """Remove what didn't take anyone's place."""


def kind_of(url: str) -> str:
    """Return "sqlite" or "postgresql"."""
    return make_url(url).get_backend_name()


def folder_of(url: str) -> Path | None:
    """Return the folder of a SQLite file."""
    return Path(make_url(url).database or "").parent if kind_of(url) == "sqlite" else None


def copy_to(url: str, file: Path) -> Copied:
    """Copy a database into a new file, as it is at one moment.

    Raises:
        CopyFailed: it can't be read, or the file can't be written.
    """
    if kind_of(url) == "postgresql":
        revision, counts = postgresql_copies.copy(url, file, COUNTED)
        return Copied(revision, counts)
    sqlite_copies.copy(Path(make_url(url).database or ""), file)
    return _look(file)


def stage(url: str, folder: Path) -> Stage:
    """Prepare a place for a restored database beside the one at a URL.

    Args:
        url: The one in use; it needn't be there yet.
        folder: A folder of the same file system as a SQLite file, for this alone.

    Raises:
        CopyFailed: there can't be any.
    """
    if kind_of(url) == "postgresql":
        return postgresql_copies.StagedPostgresql(url)
    return StagedSqlite(Path(make_url(url).database or ""), folder)


class StagedSqlite:
    """A SQLite file in a folder of its own."""

    def __init__(self, target: Path, folder: Path) -> None:
        """Keep both paths."""
        self._target = target
        self._file = folder / "restored.db"

    @property
    def url(self) -> str:
        """Its URL."""
        return f"sqlite:///{self._file}"

    @property
    def is_replacing(self) -> bool:
        """Whether there is a file."""
        return self._target.exists()

    def fill(self, copy: Path) -> None:
        """Move the copy here."""
        copy.replace(self._file)

    def expect_whole(self) -> None:
        """Check its pages, indexes and references."""
        sqlite_copies.expect_whole(self._file)

    def expect_unused(self) -> None:
        """Check that no program has the file in use open."""
        sqlite_copies.expect_unused(self._target)

    def take_over(self, at: datetime) -> str:
        """Rename it to the file in use, which is kept under a name with the time."""
        sqlite_copies.expect_unused(self._file)
        self.expect_unused()
        with self._file.open("rb") as opened:
            os.fsync(opened.fileno())
        self._give_to_owner()
        kept = self._target.with_name(f"{self._target.name}.replaced-{at:%Y%m%dT%H%M%SZ}")
        was_there = self._target.exists()
        sqlite_copies.put_in_place(self._file, self._target, kept)
        return str(kept) if was_there else ""

    def drop_kept(self, kept: str) -> None:
        """Delete the replaced file, and its log if it has one."""
        for suffix in sqlite_copies.BESIDE:
            Path(kept + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Do nothing: the folder goes."""

    def _give_to_owner(self) -> None:
        """If root restores, the user that runs the app must still be able to use the file."""
        if os.name == "posix" and os.geteuid() == 0:
            like = self._target if self._target.exists() else self._target.parent
            found = like.stat()
            os.chown(self._file, found.st_uid, found.st_gid)


def _look(file: Path) -> Copied:
    """Say what a copy holds."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        counts = {}
        for table in COUNTED:
            [(counts[table],)] = connection.execute(
                f"SELECT count(*) FROM {table}"  # noqa: S608  (the names are ours)
            ).fetchall()
        revision = ""
        with suppress(sqlite3.OperationalError):
            [(revision,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        raise CopyFailed(str(error)) from None
    finally:
        connection.close()
    return Copied(str(revision), counts)
