"""Builds the pages once for all processes of a test run.

The address of the server is written into the pages. Each process has a port of
its own, so it replaces the port in its copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

PARTS = ("build", "backend")
SIDECARS = (".br", ".gz")


def share(kept: Path, web: Path, port: int, build: Callable[[], None]) -> None:
    """Fill a process's folder with the built pages; the first process builds them.

    Args:
        kept: A folder that all processes of this test run share.
        web: The process's own folder, where it builds or gets a copy.
        port: The process's own port.
        build: Builds the pages there, for that port.
    """
    with FileLock(f"{kept}.lock"):
        if kept.exists():
            (old_port,) = (int(each.suffix[1:]) for each in kept.glob("port.*"))
            _copy(kept, web)
            _replace(web, f"localhost:{old_port}".encode(), f"localhost:{port}".encode())
        else:
            build()
            _copy(web, kept)
            (kept / f"port.{port}").touch()


def _copy(there: Path, here: Path) -> None:
    for part in PARTS:
        shutil.rmtree(here / part, ignore_errors=True)
        shutil.copytree(there / part, here / part)


def _replace(web: Path, old: bytes, new: bytes) -> None:
    """Replace one address in all files, and drop the compressed copies of those that have it."""
    for file in [each for each in (web / "build").rglob("*") if each.is_file()]:
        if file.suffix not in SIDECARS and old in (contents := file.read_bytes()):
            file.write_bytes(contents.replace(old, new))
            for suffix in SIDECARS:
                file.with_name(file.name + suffix).unlink(missing_ok=True)
