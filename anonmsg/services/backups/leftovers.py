"""What a killed backup, restore or check has left: copies of the database in the clear.

The next one removes them, and so does the next start of anonmsg. Whoever holds the lock of
such a place is still at work there.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from anonmsg.config import Settings
from anonmsg.database import copies
from anonmsg.services.backups import unfinished

LOCK, BACKUP, RESTORE = "backup.lock", "backup.tmp", "restore.tmp"
# A check is made elsewhere, because it may run beside a server.
CHECK = "anonmsg-check-"


def remove(settings: Settings) -> None:
    """Remove what a backup or a restore has left; the caller holds their lock."""
    for place in _places(settings):
        shutil.rmtree(place, ignore_errors=True)


def sweep(settings: Settings) -> None:
    """Remove every leftover, unless a backup or a restore is under way."""
    with suppress(OSError):
        _remove_checks()
    if not any(place.exists() for place in _places(settings)):
        return
    with suppress(Timeout, OSError), FileLock(settings.data_dir / LOCK, timeout=0):
        remove(settings)


@contextmanager
def checkplace() -> Iterator[Path]:
    """Make a temporary folder for a check, and remove it and what killed ones left.

    Raises:
        OSError: it can't be made.
    """
    _remove_checks()
    with tempfile.TemporaryDirectory(prefix=CHECK) as name:
        folder = Path(name)
        held = os.open(folder / "lock.new", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            # It gets its name once it's held, so that no other check takes it for a leftover.
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / "lock.new").rename(folder / "lock")
            place = folder / "check"
            place.mkdir(mode=0o700)
            yield place
        finally:
            os.close(held)


def _places(settings: Settings) -> list[Path]:
    """Return where backups and restores leave something, but not what is needed still."""
    beside = copies.folder_of(settings.database) or settings.data_dir
    is_unfinished = bool(unfinished.problems(settings.data_dir))
    return [settings.data_dir / BACKUP] + [beside / RESTORE] * (not is_unfinished)


def _remove_checks() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{CHECK}*"):
        if folder.lstat().st_uid == os.geteuid() and _is_left(folder / "lock"):
            # It follows no link.
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(lock: Path) -> bool:
    """Return whether nobody holds a lock; without one, somebody is just beginning."""
    try:
        opened = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(opened)
    return True
