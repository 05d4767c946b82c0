"""Builds the pages once for all processes of a test run.

No address is written into the pages, so that each process can serve a copy on a
port of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

PARTS = ("build", "backend")


def share(kept: Path, web: Path, build: Callable[[], None]) -> None:
    """Fill a process's folder with the built pages; the first process builds them.

    Args:
        kept: A folder that all processes of this test run share.
        web: The process's own folder, where it builds or gets a copy.
        build: Builds the pages there.
    """
    with FileLock(f"{kept}.lock"):
        if kept.exists():
            _copy(kept, web)
        else:
            build()
            _copy(web, kept)


def _copy(there: Path, here: Path) -> None:
    for part in PARTS:
        shutil.rmtree(here / part, ignore_errors=True)
        shutil.copytree(there / part, here / part)
