"""Sealing: messages from before messages were sealed are sealed, in batches.

It goes on while the server runs, and where it was stopped. Each batch is read and sealed
outside of any transaction that others would wait for, and written only over what is still
as it was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, bindparam, func, literal, text, tuple_, update
from sqlmodel import col, select

from anonmsg.database import locks
from anonmsg.database.engine import truncate_wal
from anonmsg.database.tables import InboxKey, Message
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import inbox_keys

# Messages in a batch: a few milliseconds of the lock that writers share.
BATCH = 200
# With a literal, as in the partial index that finds them.
IN_THE_CLEAR = text("messages.content <> ''")
_IN_ORDER = (
    select(Message.person_id, Message.id, Message.content, InboxKey.sealed)
    .outerjoin(InboxKey, col(InboxKey.person_id) == col(Message.person_id))
    .where(IN_THE_CLEAR)
    .order_by(col(Message.person_id), col(Message.id))
    .limit(BATCH)
)
_SEAL = (
    update(Message)
    .where(col(Message.id) == bindparam("of"), col(Message.content) == bindparam("clear"))
    .values(content="", sealed=bindparam("made"))
)


def left(ctx: Context) -> int:
    """Return how many messages aren't sealed yet."""
    with ctx.reading() as db:
        return db.exec(select(func.count()).select_from(Message).where(IN_THE_CLEAR)).one()


@dataclass(frozen=True)
class Batch:
    """How many messages were sealed, where to go on, and whether there are no more."""

    sealed: int
    after: tuple[str, str]
    is_last: bool


def seal_next(ctx: Context, *, after: tuple[str, str] = ("", "")) -> Batch:
    """Seal the next messages.

    Those whose owner has no key are passed by: their account is about to be erased.

    Args:
        ctx: The context.
        after: Where the batch before ended.
    """
    with locks.alone(ctx.db, locks.SEALING) as is_alone:
        if not is_alone:
            return Batch(0, after, is_last=False)
        with ctx.reading() as db:
            found = db.exec(_IN_ORDER.where(_further(after))).all()
        rows = list(_sealed(ctx, found))
        if rows:
            with ctx.writing() as db:
                db.connection().execute(_SEAL, rows)
        last = found[-1][:2] if found else after
        return Batch(len(rows), (last[0], last[1]), is_last=len(found) < BATCH)


def _further(after: tuple[str, str]) -> ColumnElement[bool]:
    position = tuple_(col(Message.person_id), col(Message.id))
    return position > tuple_(literal(after[0]), literal(after[1]))


def finish(ctx: Context) -> bool:
    """Empty SQLite's log, which still has the texts.

    Returns:
        Whether it was emptied; otherwise the next purge does it.
    """
    return truncate_wal(ctx.db)


def _sealed(
    ctx: Context, found: Sequence[tuple[str, str, str, bytes | None]]
) -> Iterator[dict[str, str | bytes]]:
    for owner_id, theirs in groupby(found, key=lambda row: row[0]):
        each = list(theirs)
        cipher = inbox_keys.opened(ctx.keyring, each[0][3], owner_id=owner_id)
        if cipher is None:
            continue
        for _, message_id, content, _ in each:
            made = cipher.close(content, message_id=message_id)
            yield {"of": message_id, "clear": content, "made": made}
