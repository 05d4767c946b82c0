"""The secrets that nobody set: made at the first start, kept in one file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dotenv import dotenv_values
from filelock import FileLock


def asked(name: str) -> str:
    """What the environment or `.env` says, or nothing."""
    return os.environ.get(name) or dotenv_values(".env").get(name) or ""


def unset(names: tuple[str, ...]) -> list[str]:
    """The secrets that nobody set, which come from the file."""
    return [name for name in names if not asked(name)]


def file_in(data_dir: Path) -> Path:
    """Where a data folder's secrets are."""
    return data_dir / "secrets.env"


def kept_in(data_dir: Path, names: tuple[str, ...], *, made: bool = True) -> dict[str, str]:
    """The secrets file's content, made whole first, whoever comes at once.

    Args:
        data_dir: The folder; only its owner may look into it.
        names: What is to be in the file.
        made: Whether to write what is missing. A look at the settings does
            not: the file would belong to whoever looked.
    """
    if not made:
        return _read(data_dir) | _fresh(names, but=_read(data_dir))
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(data_dir / "secrets.lock"):
        kept = _read(data_dir)
        missing = _fresh(names, but=kept)
        if missing:
            kept |= missing
            file = file_in(data_dir)
            draft = file.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_text("".join(f"{name}={kept[name]}\n" for name in names))
            draft.replace(file)
    return kept


def _read(data_dir: Path) -> dict[str, str]:
    file = file_in(data_dir)
    return {k: v for k, v in dotenv_values(file).items() if v} if file.exists() else {}


def _fresh(names: tuple[str, ...], *, but: dict[str, str]) -> dict[str, str]:
    return {name: secrets.token_hex(32) for name in names if name not in but}
