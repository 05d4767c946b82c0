"""Files that count and hash what passes through them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO


class TooLong(Exception):
    """Raised when a file is longer than it may be."""


class Tally:
    """How many bytes have passed, and their SHA-256."""

    def __init__(self, progress: Callable[[int], object]) -> None:
        """Begin at nothing; `progress` is told the number of bytes after each piece."""
        self._progress = progress
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash so far, in hex."""
        return self._hash.hexdigest()

    def count(self, piece: bytes) -> None:
        """Take a piece into account."""
        self._hash.update(piece)
        self.size += len(piece)
        self._progress(self.size)


class Watched(Tally):
    """A file that is read."""

    def __init__(self, source: BinaryIO, progress: Callable[[int], object]) -> None:
        """Watch a file."""
        super().__init__(progress)
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """Read up to that many bytes."""
        piece = self._source.read(size)
        self.count(piece)
        return piece


class Bounded(Tally):
    """A file that is written, up to a bound."""

    def __init__(self, to: BinaryIO, most: int, progress: Callable[[int], object]) -> None:
        """Watch a file that may get so many bytes."""
        super().__init__(progress)
        self._to = to
        self._most = most

    def write(self, piece: bytes) -> int:
        """Write a piece.

        Raises:
            TooLong: it would be more than the bound.
        """
        if self.size + len(piece) > self._most:
            raise TooLong
        self.count(piece)
        return self._to.write(piece)

    def flush(self) -> None:
        """Write what is buffered."""
        self._to.flush()
