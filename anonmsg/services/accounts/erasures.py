"""Erasures: who was erased stays erased, even if an older backup is restored.

What is kept is a keyed digest of the account's random id and the day, for 90 days. It
names nobody: only a backup that still has the id can tell whose it is. The table is
mirrored into a file of the data folder, for when the database is lost.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from filelock import FileLock
from sqlmodel import col, delete, select

from anonmsg.database.tables import Erasure
from anonmsg.runtime.context import Context
from anonmsg.security.keys import Digests

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=90)
PURPOSE = "erased account"
_LINE = re.compile(r"(\d{4}-\d\d-\d\d) ([0-9a-f]{64})")

# Digests of erased accounts, each with the day of its erasure (UTC).
Erasures = dict[str, date]


def record(ctx: Context, *, person_id: str) -> None:
    """Record an erasure, within the transaction that deletes the account."""
    digest = ctx.keyring.digests.of(PURPOSE, person_id)
    ctx.db.merge(Erasure(digest=digest, erased_on=ctx.now.date()))


def add(ctx: Context, found: Erasures) -> None:
    """Record erasures that are known from elsewhere, within a transaction."""
    for digest, day in found.items():
        ctx.db.merge(Erasure(digest=digest, erased_on=day))


def recorded(ctx: Context) -> Erasures:
    """Return every erasure in the database, within a transaction."""
    return {each.digest: each.erased_on for each in ctx.db.exec(select(Erasure)).all()}


def is_among(found: Erasures, person_id: str, *keys: Digests) -> bool:
    """Return whether an account was erased, under any of the keys and their previous ones."""
    return any(digest in found for each in keys for digest in each.each_of(PURPOSE, person_id))


def purge(ctx: Context) -> None:
    """Delete the erasures whose 90 days are over, within a transaction."""
    ctx.db.exec(delete(Erasure).where(col(Erasure.erased_on) < _first_day(ctx)))


def mirror(ctx: Context, *, purged: bool = False) -> None:
    """Add what is in the table to the log; call this outside any transaction.

    A log that can't be written stops no erasure: the next purge tries again.

    Args:
        ctx: The context.
        purged: Whether lines whose 90 days are over go. Otherwise none does, because
            the clock may be wrong, or the table may be new and the log what is left.
    """
    with ctx.reading():
        found = recorded(ctx)
    try:
        merge_into_log(ctx.settings.data_dir, found, since=_first_day(ctx) if purged else date.min)
    except OSError as error:
        logger.warning("%s can't be written: %s", file_in(ctx.settings.data_dir), error.strerror)


def file_in(data_dir: Path) -> Path:
    """Return the path of a data folder's log of erasures."""
    return data_dir / "erasures.log"


def log_in(data_dir: Path) -> Erasures:
    """Return the erasures in the log, without any line that can't be read.

    Raises:
        OSError: the log is there and can't be read.
    """
    try:
        text = file_in(data_dir).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return {}
    found = {}
    for line in filter(None, map(_LINE.fullmatch, text.splitlines())):
        with suppress(ValueError):
            found[line[2]] = date.fromisoformat(line[1])
    return found


def merge_into_log(data_dir: Path, found: Erasures, *, since: date = date.min) -> None:
    """Add erasures to the log, and drop those from before a day.

    Raises:
        OSError: the log can't be read or written.
    """
    if not found and not file_in(data_dir).exists():
        return
    with FileLock(data_dir / "erasures.lock"):
        kept = log_in(data_dir)
        merged = {digest: day for digest, day in (kept | found).items() if day >= since}
        if merged != kept:
            _write(file_in(data_dir), merged)


def _write(file: Path, found: Erasures) -> None:
    """Replace the log atomically."""
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    with draft.open("w") as opened:
        opened.writelines(f"{day} {digest}\n" for digest, day in sorted(found.items()))
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)


def _first_day(ctx: Context) -> date:
    return (ctx.now - KEPT_FOR).date()
