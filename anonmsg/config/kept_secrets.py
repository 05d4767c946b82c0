"""The secrets that nobody set: made at the first start, kept in one file."""

from __future__ import annotations

import json
import os
import re
import secrets
from datetime import datetime
from pathlib import Path

from dotenv import dotenv_values
from filelock import FileLock

# What reads the same with and without quotes.
_PLAIN = re.compile(r"[\w.:+-]*")


class NothingKept(Exception):
    """Raised when secrets are to be replaced that are not in the file."""


def asked(name: str) -> str:
    """What the environment or `.env` says, or nothing."""
    return os.environ.get(name) or dotenv_values(".env").get(name) or ""


def unset(names: tuple[str, ...]) -> list[str]:
    """The secrets that nobody set, which come from the file."""
    return [name for name in names if not asked(name)]


def missing(data_dir: Path, names: tuple[str, ...]) -> list[str]:
    """The secrets that are neither set nor in the file yet."""
    kept = _read(data_dir)
    return [name for name in unset(names) if name not in kept]


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
        fresh = _fresh(names, but=kept)
        if fresh:
            kept |= fresh
            _write(data_dir, kept)
    return kept


def rotate(data_dir: Path, names: dict[str, str], *, at: datetime, at_name: str) -> None:
    """Replace secrets in the file; what they were is kept beside them.

    Args:
        data_dir: The folder.
        names: What to replace, and the name under which each goes on.
        at: The time (aware UTC).
        at_name: The name under which the time is kept.

    Raises:
        NothingKept: they are not in the file.
    """
    with FileLock(data_dir / "secrets.lock"):
        kept = _read(data_dir)
        if not all(kept.get(name) for name in names):
            raise NothingKept
        before = {previous: kept[name] for name, previous in names.items()}
        _write(data_dir, kept | before | _fresh(tuple(names), but={}) | {at_name: at.isoformat()})


def replace_pepper(data_dir: Path, *, name: str, previous_name: str) -> None:
    """Replace the PEPPER in the file; what it was goes in front of those before it.

    Args:
        data_dir: The folder.
        name: What the PEPPER is called in the file.
        previous_name: What the list of those before it is called, in JSON.

    Raises:
        NothingKept: it is not in the file.
    """
    with FileLock(data_dir / "secrets.lock"):
        kept = _read(data_dir)
        if not kept.get(name):
            raise NothingKept
        previous = [kept[name], *json.loads(kept.get(previous_name, "[]"))]
        _write(data_dir, kept | {previous_name: json.dumps(previous)} | _fresh((name,), but={}))


def _read(data_dir: Path) -> dict[str, str]:
    file = file_in(data_dir)
    return {k: v for k, v in dotenv_values(file).items() if v} if file.exists() else {}


def _write(data_dir: Path, kept: dict[str, str]) -> None:
    """Replace the file at once: whoever reads it meanwhile has the one or the other."""
    file = file_in(data_dir)
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    with draft.open("w") as opened:
        opened.writelines(f"{name}={_quoted(value)}\n" for name, value in kept.items())
        opened.flush()
        # The PEPPER is in it, and without that no password fits.
        os.fsync(opened.fileno())
    if os.name == "posix" and os.geteuid() == 0 and file.exists():
        # What root does for the user that runs the app, that user must be able to read.
        os.chown(draft, file.stat().st_uid, file.stat().st_gid)
    draft.replace(file)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _fresh(names: tuple[str, ...], *, but: dict[str, str]) -> dict[str, str]:
    return {name: secrets.token_hex(32) for name in names if name not in but}
