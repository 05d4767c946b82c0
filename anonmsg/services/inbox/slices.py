"""Slices of a folder: a page of its messages, and what has come since it was shown.

The counts of the folders are kept, so a slice costs the same in an inbox of a hundred
messages and of a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy
from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from anonmsg.database.tables import Message
from anonmsg.public import InboxMessage, InboxSlice
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import folders, inbox_keys, message_order, reading
from anonmsg.services.inbox.folders import Folder
from anonmsg.services.inbox.message_order import Position

SLICE = 20
# The most messages that a refresh reloads after "Load more".
LONGEST_SLICE = 1000
# No commit takes longer: writers wait for the lock for ten seconds at most.
SLOWEST_COMMIT = timedelta(seconds=15)


def inbox(
    ctx: Context,
    *,
    owner_id: str,
    folder: object = Folder.INBOX,
    before: InboxMessage | None = None,
    down_to: InboxMessage | None = None,
) -> InboxSlice:
    """Return a page of an owner's folder, newest first.

    Args:
        ctx: The context.
        owner_id: Whose inbox.
        folder: Which folder, by its name; the inbox for any other name.
        before: The message to continue after. Its id and time give the position, so it
            may have been deleted.
        down_to: The last message already on screen: nothing on screen disappears
            because a new message has arrived.

    Raises:
        PageOutdated: a position is none.
    """
    shown = folders.named(folder)
    limits = [message_order.older_than(Position.of(before))] if before is not None else []
    lowest = Position.of(down_to) if down_to is not None else None
    with ctx.reading() as db:
        size = max(SLICE, _newer(ctx, owner_id, shown, lowest)) if lowest else SLICE
        asked = message_order.newest(owner_id, [shown], *limits, limit=size + 1)
        found = reading.rows(db.connection().execute(asked))
        counts = folders.counted(ctx, owner_id)
        cipher = inbox_keys.of(ctx, owner_id=owner_id)
    return InboxSlice(
        [reading.as_shown(row, cipher) for row in found[:size]],
        more=len(found) > size,
        total=getattr(counts, shown.value),
        counts=counts,
    )


def these(ctx: Context, *, owner_id: str, ids: Sequence[str]) -> list[InboxMessage]:
    """Return those of an owner's messages that are still there, in no particular order."""
    mine = col(Message.person_id) == owner_id, col(Message.id).in_(ids)
    asked = sqlalchemy.select(*reading.COLUMNS).where(*mine)
    with ctx.reading() as db:
        found = reading.rows(db.connection().execute(asked))
        cipher = inbox_keys.of(ctx, owner_id=owner_id)
    return [reading.as_shown(row, cipher) for row in found]


def arrivals(
    ctx: Context,
    *,
    owner_id: str,
    shown: Sequence[InboxMessage],
    more: bool,
    folder: object = Folder.INBOX,
) -> list[InboxMessage]:
    """Return what has come since a folder was shown, newest first.

    Args:
        ctx: The context.
        owner_id: Whose inbox.
        shown: The messages on screen, newest first.
        more: Whether there are older ones.
        folder: Which folder, by its name.

    Raises:
        PageOutdated: the position of a message is none.
    """
    limits: list[ColumnElement[bool]] = []
    if shown:
        # Times are whole seconds, and of two processes the slower may commit last.
        newest = Position.of(shown[0]).sent_at
        limits.append(col(Message.sent_at) >= newest - SLOWEST_COMMIT)
    if more:
        limits.append(message_order.down_to(Position.of(shown[-1])))
    known = {message.id for message in shown}
    where = [folders.named(folder)]
    asked = message_order.newest(owner_id, where, *limits, limit=LONGEST_SLICE)
    with ctx.reading() as db:
        found = reading.rows(db.connection().execute(asked))
        cipher = inbox_keys.of(ctx, owner_id=owner_id)
    return [reading.as_shown(row, cipher) for row in found if row.id not in known]


def _newer(ctx: Context, owner_id: str, folder: Folder, lowest: Position) -> int:
    """Count the messages down to a position, up to the longest slice."""
    down = select(Message.id).where(
        *folders.within(owner_id, folder), message_order.down_to(lowest)
    )
    some = down.limit(LONGEST_SLICE).subquery()
    return ctx.db.exec(select(func.count()).select_from(some)).one()
