"""The secrets file, created at the first start for secrets that aren't set."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from datetime import datetime
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from filelock import FileLock

# Values that parse the same with and without quotes.
_PLAIN = re.compile(r"[\w.:+-]*")


class NothingKept(Exception):
    """Raised when the secrets to replace aren't in the file."""


def asked(name: str) -> str:
    """Return a setting from the environment or `.env`, or an empty string."""
    return os.environ.get(name) or dotenv_values(".env").get(name) or ""


def asked_file(name: str) -> str:
    """Return the path of the file that holds a setting's value, or an empty string."""
    return asked(f"{name}_FILE")


def is_asked(name: str) -> bool:
    """Return whether the operator sets a value, or names a file that holds it."""
    return bool(asked(name) or asked_file(name))


def unset(names: tuple[str, ...]) -> list[str]:
    """Return the secrets that aren't set and so come from the file."""
    return [name for name in names if not is_asked(name)]


def missing(data_dir: Path, names: tuple[str, ...]) -> list[str]:
    """Return the secrets that are neither set nor in the file yet."""
    kept = _read(data_dir)
    return [name for name in unset(names) if name not in kept]


def file_in(data_dir: Path) -> Path:
    """Return the path of a data folder's secrets file."""
    return data_dir / "secrets.env"


def kept_in(data_dir: Path, names: tuple[str, ...], *, made: bool = True) -> dict[str, str]:
    """Return the secrets file's content, adding what's missing under a lock.

    Args:
        data_dir: The folder; only its owner can read it.
        names: The secrets that must be in the file.
        made: Whether to write the missing ones. Commands that only look don't:
            the file would belong to the user who ran them.
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
    """Replace secrets in the file and keep their previous values.

    Args:
        data_dir: The folder.
        names: The secrets to replace, each with the name for its previous value.
        at: The time (aware UTC).
        at_name: The name to store the time under.

    Raises:
        NothingKept: they aren't in the file.
    """
    with FileLock(data_dir / "secrets.lock"):
        kept = _read(data_dir)
        if not all(kept.get(name) for name in names):
            raise NothingKept
        before = {previous: kept[name] for name, previous in names.items()}
        _write(data_dir, kept | before | _fresh(tuple(names), but={}) | {at_name: at.isoformat()})


def replace_pepper(data_dir: Path, *, name: str, previous_name: str) -> None:
    """Replace the PEPPER in the file and put the old one first in the list of previous ones.

    Args:
        data_dir: The folder.
        name: The PEPPER's name in the file.
        previous_name: The name of the JSON list of previous peppers.

    Raises:
        NothingKept: it isn't in the file.
    """
    with FileLock(data_dir / "secrets.lock"):
        kept = _read(data_dir)
        if not kept.get(name):
            raise NothingKept
        previous = [kept[name], *json.loads(kept.get(previous_name, "[]"))]
        _write(data_dir, kept | {previous_name: json.dumps(previous)} | _fresh((name,), but={}))


def text_of(kept: dict[str, str]) -> str:
    """Return secrets as the file holds them."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in kept.items())


def in_text(text: str) -> dict[str, str]:
    """Return the secrets in a file's text."""
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def put(data_dir: Path, found: dict[str, str], *, kept_as: str = "") -> None:
    """Put secrets from elsewhere into the file.

    Args:
        data_dir: The folder.
        found: The secrets.
        kept_as: If they replace all that the file holds, the name under which the file as
            it was is kept beside. Otherwise, those of other names stay.

    Raises:
        OSError: the folder can't be written to.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(data_dir / "secrets.lock"):
        give_to_owner(data_dir / "secrets.lock", data_dir)
        before = _read(data_dir)
        if kept_as and before:
            shutil.copy2(file_in(data_dir), data_dir / kept_as)
        _write(data_dir, found if kept_as else before | found)


def give_to_owner(file: Path, like: Path) -> None:
    """If root made a file, give it to the owner of another: the app's user must be able to use it.

    Raises:
        OSError: it can't be given away.
    """
    if os.name == "posix" and os.geteuid() == 0:
        found = like.stat()
        os.chown(file, found.st_uid, found.st_gid)


def _read(data_dir: Path) -> dict[str, str]:
    file = file_in(data_dir)
    return {k: v for k, v in dotenv_values(file).items() if v} if file.exists() else {}


def _write(data_dir: Path, kept: dict[str, str]) -> None:
    """Replace the file atomically, so that a reader sees either the old or the new one."""
    file = file_in(data_dir)
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    with draft.open("w") as opened:
        opened.write(text_of(kept))
        opened.flush()
        # Losing the file would lose the PEPPER, and with it every password.
        os.fsync(opened.fileno())
    give_to_owner(draft, file if file.exists() else data_dir)
    draft.replace(file)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _fresh(names: tuple[str, ...], *, but: dict[str, str]) -> dict[str, str]:
    return {name: secrets.token_hex(32) for name in names if name not in but}
