"""Retention: messages are kept for as long as their owner and the operator say.

An owner chooses for ever, 30, 90 or 365 days, and whether starred messages stay. The
operator may set a maximum, which holds for everyone and for every message. The purge
deletes what is older.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import false, literal, true
from sqlmodel import col, or_, select, update

from anonmsg.database.tables import Inbox, Message
from anonmsg.errors import InvalidRetention, NotSignedIn
from anonmsg.public import Retention
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import folders, removals

FOR_EVER = 0
CHOICES = (FOR_EVER, 30, 90, 365)
# How many owners are looked at in one transaction.
BATCH = 200


def of(ctx: Context, *, owner_id: str) -> Retention:
    """Return for how long an owner's messages are kept.

    Raises:
        NotSignedIn: the account is gone.
    """
    with ctx.reading() as db:
        kept = db.get(Inbox, owner_id)
    if kept is None:
        raise NotSignedIn
    most = ctx.settings.keep_messages_at_most_days
    return Retention(kept.keep_days, kept.keep_starred, most, _days(kept.keep_days, most))


def choose(ctx: Context, *, owner_id: str, days: object, keep_starred: object) -> None:
    """Keep messages for so many days from now on; older ones go at the next purge.

    Args:
        ctx: The context.
        owner_id: Whose messages.
        days: 0 for ever, 30, 90 or 365; as a number or as typed.
        keep_starred: Whether starred messages are kept for as long as the operator lets them.

    Raises:
        InvalidRetention: it's none of these.
        NotSignedIn: the account is gone.
    """
    typed = str(days) if type(days) in (str, int) else ""
    wanted = {str(each): each for each in CHOICES}.get(typed)
    if wanted is None:
        raise InvalidRetention
    with ctx.writing() as db:
        mine = update(Inbox).where(col(Inbox.person_id) == owner_id)
        changed = db.exec(mine.values(keep_days=wanted, keep_starred=keep_starred is True))
        if changed.rowcount != 1:
            raise NotSignedIn
    ctx.announce(topics.inbox_of(owner_id))


def purge(ctx: Context) -> None:
    """Delete the messages that nobody keeps any longer; several workers may do it at once."""
    most = ctx.settings.keep_messages_at_most_days
    for owner_id, keep_days, keep_starred in _owners(ctx, everyone=bool(most)):
        days = _days(keep_days, most)
        starred_days = most if keep_starred else days
        gone = _older(ctx, owner_id, days, starred=False)
        gone |= _older(ctx, owner_id, starred_days, starred=True)
        if gone:
            ctx.announce(topics.inbox_of(owner_id))


def _older(ctx: Context, owner_id: str, days: int, *, starred: bool) -> bool:
    """Delete an owner's messages from before so many days, and return whether there were any."""
    if days == FOR_EVER:
        return False
    star, found = col(Message.is_starred), False
    for place in folders.PLACES:
        old = (
            *folders.within(owner_id, place),
            col(Message.sent_at) < ctx.now - timedelta(days=days),
            star == (true() if starred else false()),
        )
        with ctx.reading() as db:
            is_any = db.exec(select(Message.id).where(*old).limit(1)).first() is not None
        if is_any:
            found = bool(removals.delete_where(ctx, *old)) or found
    return found


def _owners(ctx: Context, *, everyone: bool) -> Iterator[tuple[str, int, bool]]:
    """Yield whose messages have an end, and what they chose."""
    last = ""
    while True:
        some = select(Inbox.person_id, Inbox.keep_days, Inbox.keep_starred)
        chosen = or_(col(Inbox.keep_days) > FOR_EVER, literal(everyone))
        with ctx.reading() as db:
            further = some.where(col(Inbox.person_id) > last, chosen)
            found = db.exec(further.order_by(col(Inbox.person_id)).limit(BATCH)).all()
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1][0]


def _days(chosen: int, most: int) -> int:
    """Return the shorter of the two; 0 is for ever."""
    return min(filter(None, (chosen, most)), default=FOR_EVER)
