"""Where Reflex puts its built pages and files, and how it serves them."""

from __future__ import annotations

from pathlib import Path

from reflex.environment import environment
from reflex.utils.precompressed_staticfiles import PrecompressedStaticFiles
from reflex.utils.prerequisites import get_web_dir
from reflex_base.constants import Dirs
from starlette.types import ASGIApp

ENCODINGS = ("brotli", "gzip")


def folder() -> Path | None:
    """Return the folder of built pages; None in development, where Vite serves them."""
    is_built = environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.get()
    return get_web_dir() / Dirs.STATIC if is_built else None


def files(folder: Path) -> ASGIApp:
    """Return an ASGI app that serves built files, compressed where the client allows it."""
    return PrecompressedStaticFiles(directory=folder, encodings=ENCODINGS)
