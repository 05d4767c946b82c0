"""The mark of a restore that is under way, or was interrupted.

While it's there, the database and the secrets may not belong together, so nothing starts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anonmsg.config import BadSettings

INTERRUPTED = (
    "A restore into {folder} is under way or was interrupted, so the database and the secrets may "
    "not belong together. Run the same restore again to finish it."
)


def mark_in(data_dir: Path) -> Path:
    """Return the path of the mark."""
    return data_dir / "restore.unfinished"


def problems(data_dir: Path) -> list[str]:
    """Return why nothing may start in this folder; empty if it may."""
    is_marked = mark_in(data_dir).exists()
    return [INTERRUPTED.format(folder=data_dir)] if is_marked else []


def expect_none(data_dir: Path) -> None:
    """Check that no restore is unfinished.

    Raises:
        BadSettings: one is.
    """
    if found := problems(data_dir):
        raise BadSettings(found)


class Mark:
    """The mark of this restore, which stays if what it began can't be finished."""

    def __init__(self, data_dir: Path) -> None:
        """Keep the path."""
        self._file = mark_in(data_dir)
        self.has_begun = False


@contextmanager
def marked(data_dir: Path) -> Iterator[Mark]:
    """Mark a folder; a failure leaves the mark only once `has_begun` is set."""
    mark, file = Mark(data_dir), mark_in(data_dir)
    was_there = file.exists()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    os.fsync(descriptor)
    os.close(descriptor)
    try:
        yield mark
    except BaseException:
        if not mark.has_begun and not was_there:
            file.unlink(missing_ok=True)
        raise
    file.unlink(missing_ok=True)
