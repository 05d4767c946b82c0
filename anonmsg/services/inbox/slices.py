"""Slices of an inbox: a page of its messages, and what has come since it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from anonmsg.database.tables import Message
from anonmsg.public import InboxMessage, InboxSlice
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import message_order

SLICE = 20
# The most messages that a refresh reloads after "Load more".
LONGEST_SLICE = 1000
# No commit takes longer: writers wait for the lock for ten seconds at most.
SLOWEST_COMMIT = timedelta(seconds=15)


def inbox(
    ctx: Context,
    *,
    owner_id: str,
    before: InboxMessage | None = None,
    down_to: InboxMessage | None = None,
) -> InboxSlice:
    """Return a page of an owner's messages, newest first.

    Args:
        ctx: The context.
        owner_id: Whose inbox.
        before: The message to continue after. Its id and time give the position, so it
            may have been deleted.
        down_to: The last message already on screen: nothing on screen disappears
            because a new message has arrived.
    """
    mine = select(Message).where(Message.person_id == owner_id)
    size = SLICE
    if before is not None:
        mine = mine.where(message_order.older_than(before))
    if down_to is not None:
        on_screen = select(func.count()).select_from(Message)
        on_screen = on_screen.where(Message.person_id == owner_id, message_order.down_to(down_to))
        with ctx.reading() as db:
            size = max(SLICE, min(db.exec(on_screen).one(), LONGEST_SLICE))
    with ctx.reading() as db:
        found = db.exec(mine.order_by(*message_order.NEWEST_FIRST).limit(size + 1)).all()
        count = select(func.count()).select_from(Message).where(Message.person_id == owner_id)
        total = db.exec(count).one()
    return InboxSlice(
        [_as_shown(message) for message in found[:size]], more=len(found) > size, total=total
    )


def arrivals(
    ctx: Context, *, owner_id: str, shown: Sequence[InboxMessage], more: bool
) -> list[InboxMessage]:
    """Return what has come since an inbox was shown, newest first.

    Args:
        ctx: The context.
        owner_id: Whose inbox.
        shown: The messages on screen, newest first.
        more: Whether there are older ones.
    """
    mine = select(Message).where(Message.person_id == owner_id)
    if shown:
        # Times are whole seconds, and of two processes the slower may commit last.
        newest = datetime.fromisoformat(shown[0].sent_at)
        mine = mine.where(col(Message.sent_at) >= newest - SLOWEST_COMMIT)
    if more:
        mine = mine.where(message_order.down_to(shown[-1]))
    known = {message.id for message in shown}
    with ctx.reading() as db:
        found = db.exec(mine.order_by(*message_order.NEWEST_FIRST).limit(LONGEST_SLICE)).all()
    return [_as_shown(message) for message in found if message.id not in known]


def _as_shown(message: Message) -> InboxMessage:
    return InboxMessage(message.id, message.content, message.sent_at.isoformat())
