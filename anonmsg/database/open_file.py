"""The SQLite file that is open, and whether it's still the one at its path.

A file that is removed or replaced, by a restore for example, stays open: whatever is
written goes into it and is gone once the process ends. So nothing may be acknowledged
before somebody has looked.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

Identity = tuple[int, int]


class DatabaseReplaced(Exception):
    """Raised when the database file at its path isn't the one that is open."""


class OpenFile:
    """Knows the open file by its device and inode."""

    def __init__(self, path: Path, when_replaced: Callable[[str], None]) -> None:
        """Keep the path; the file is known once it is opened.

        Args:
            path: Where the file is.
            when_replaced: Told in a sentence that it was removed or replaced.
        """
        self._path = path
        self._when_replaced = when_replaced
        self._opened: Identity | None = None

    def check(self) -> None:
        """Look whether the file is still there; the first look says which one it is.

        Raises:
            DatabaseReplaced: it isn't.
        """
        found = self._identity()
        if self._opened is None:
            self._opened = found
        if found != self._opened:
            self._when_replaced(
                f"The database file {self._path} was removed or replaced under the running "
                "server, which could keep nothing any more. Put the right file in place, and "
                "start anonmsg again."
            )
            raise DatabaseReplaced

    def _identity(self) -> Identity | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116  (at every commit, so without a detour)
        except OSError:
            return None
        return found.st_dev, found.st_ino
