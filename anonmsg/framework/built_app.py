"""The pages and files that Reflex has built, and how Reflex serves files."""

from __future__ import annotations

from pathlib import Path

from reflex.environment import environment
from reflex.utils.precompressed_staticfiles import PrecompressedStaticFiles
from reflex.utils.prerequisites import get_web_dir
from reflex_base.constants import Dirs
from starlette.types import ASGIApp

ENCODINGS = ("brotli", "gzip")


def folder() -> Path | None:
    """Where the built pages are; None in development, where Vite serves them."""
    is_built = environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.get()
    return get_web_dir() / Dirs.STATIC if is_built else None


def files(folder: Path) -> ASGIApp:
    """An app that answers with the files of a build, compressed where it can be."""
    return PrecompressedStaticFiles(directory=folder, encodings=ENCODINGS)
