"""Whether the server has been told to stop, as all of its processes know it.

The main process gets the signal, its workers answer the requests. They share a byte of
memory, made before they are forked; where processes aren't forked, each has its own.
"""

from __future__ import annotations

import mmap

_flag = mmap.mmap(-1, 1)


def begin() -> None:
    """Tell every process that the server is about to stop; safe in a signal handler."""
    _flag[0] = 1


def has_begun() -> bool:
    """Return whether the server is about to stop."""
    return bool(_flag[0])


def forget() -> None:
    """Start anew, for tests."""
    _flag[0] = 0
