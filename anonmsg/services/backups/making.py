"""Making a backup while the site runs: a copy of one moment, its secrets, one file."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from anonmsg.config import Settings, in_use, kept_secrets
from anonmsg.config.version import VERSION
from anonmsg.database import copies
from anonmsg.services.backups import leftovers
from anonmsg.services.backups.archive import DATABASES, SECRETS, ArchiveWriter, Progress
from anonmsg.services.backups.manifest import Manifest
from anonmsg.services.backups.refused import BackupRefused, in_sentences

COPYING = "copying the database"
A_FOLDER = "{file} is a folder. Name a file in it."
EXISTS = "{file} is there already. Choose another name, or add --replace."
RUNNING = "Another backup or restore is under way in {folder}."


def make(
    settings: Settings,
    to: Path,
    *,
    passphrase: str | None,
    replace: bool,
    now: datetime,
    progress: Progress,
) -> Manifest:
    """Make a backup, which is there as a whole or not at all.

    Args:
        settings: The installation.
        to: The file; it gets the mode 0600.
        passphrase: What protects it, or None to leave the secrets out.
        replace: Whether a file that's there is replaced.
        now: The time (aware UTC).
        progress: Told a name and how many bytes of it are done.

    Raises:
        BackupRefused: there is a file, another backup or restore is under way, or something
            can't be read or written; says which.
    """
    expect_new(to, replace=replace)
    with (
        in_sentences("The backup can't be made"),
        workplace(settings.data_dir / leftovers.BACKUP, settings) as folder,
        _draft(to) as at,
    ):
        copy = folder / "copy"
        progress(COPYING, 0, 0)
        copied = copies.copy_to(settings.database, copy)
        kind = copies.kind_of(settings.database)
        with at.open("r+b") as opened:
            with ArchiveWriter(opened, passphrase, progress) as archive:
                with copy.open("rb") as source:
                    archive.add(DATABASES[kind], source)
                if passphrase is not None:
                    text = kept_secrets.text_of(in_use(settings))
                    archive.add(SECRETS, io.BytesIO(text.encode()))
                made = Manifest(
                    VERSION, kind, copied.revision, now, copied.counts, dict(archive.parts)
                )
                archive.finish(made)
            opened.flush()
            os.fsync(opened.fileno())
        expect_new(to, replace=replace)
        at.replace(to)
    return made


def expect_new(to: Path, *, replace: bool) -> None:
    """Check that a backup may be written there.

    Raises:
        BackupRefused: there is something.
    """
    if to.is_dir():
        raise BackupRefused(A_FOLDER.format(file=to))
    if to.exists() and not replace:
        raise BackupRefused(EXISTS.format(file=to))


@contextmanager
def workplace(folder: Path, settings: Settings) -> Iterator[Path]:
    """Make a folder for clear copies, which only its owner may read, and remove it after.

    What interrupted runs left goes first.

    Raises:
        BackupRefused: another backup or restore is under way.
        OSError: it can't be made.
    """
    data_dir = settings.data_dir
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(data_dir / leftovers.LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BackupRefused(RUNNING.format(folder=data_dir)) from None
    try:
        kept_secrets.give_to_owner(data_dir / leftovers.LOCK, data_dir)
        leftovers.remove(settings)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


@contextmanager
def _draft(to: Path) -> Iterator[Path]:
    """Make an empty file beside another, and remove it unless it was renamed."""
    at = to.with_name(f"{to.name}.part")
    at.unlink(missing_ok=True)
    os.close(os.open(at, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield at
    finally:
        at.unlink(missing_ok=True)
