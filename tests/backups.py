"""Backups that tests make and look into, and installations that they restore them into."""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from anonmsg.config import Settings, load
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from anonmsg.services.backups import making

PASSPHRASE = "five random words of mine"


def make(settings: Settings, to: Path, **options: object) -> Path:
    """Make a backup without the command around it."""
    given = {"passphrase": None, "replace": False, "now": datetime.now(UTC)} | options
    making.make(settings, to, progress=lambda _name, _done, _total: None, **given)
    return to


@contextmanager
def opened(settings: Settings) -> Iterator[Context]:
    """A context on a database as the next start finds it, secrets included."""
    again = load(
        data_dir=settings.data_dir, secrets_are_made=False, database_url=settings.database_url
    )
    runtime = Runtime.of(again)
    runtime.keyring = Keyring.of(again, cost=4)
    try:
        with runtime.context() as ctx:
            yield ctx
    finally:
        runtime.close()


def content(folder: Path) -> dict[str, str]:
    """What each file in a folder holds, by its path: a hash, or a database's rows; no locks."""
    return {
        str(file.relative_to(folder)): _rows(file)
        if file.suffix == ".db"
        else hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix not in {".lock", ".db-wal", ".db-shm"}
    }


def _rows(file: Path) -> str:
    db = sqlite3.connect(file)
    try:
        return "\n".join(db.iterdump())
    finally:
        db.close()


def rewritten(file: Path, name: str, text: bytes) -> Path:
    """A copy of a backup in which one file is another."""
    made = file.with_suffix(".rewritten")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.namelist():
            new.writestr(each, text if each == name else old.read(each))
    return made
