"""Messages: left by anyone, read and deleted by their owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, tuple_
from sqlmodel import col, delete, select

from anonmsg import live, rules
from anonmsg.context import Context
from anonmsg.db import insert
from anonmsg.errors import InboxClosed, MessageNotFound
from anonmsg.models import Message, Person, Receipt, UTCDateTime
from anonmsg.public import InboxMessage, InboxSlice
from anonmsg.security.codes import new_token
from anonmsg.services import people

SLICE = 20
# What a refresh brings back at most of what "Load more" had shown.
LONGEST_SLICE = 1000
RECEIPT_LIVES = timedelta(hours=24)


def send(
    ctx: Context, *, username: object, content: object, key: object = "", network: str
) -> None:
    """Leave a message in someone's inbox, unsigned.

    Nothing about the sender is stored, so nothing about the sender can leak.
    The form's random key makes a retry of the same text no second message.

    Raises:
        InvalidMessage: the content is empty or too long.
        NobodyHere: no such person.
        InboxClosed: they are not accepting messages.
        TooManyAttempts: too many from this network, or into this inbox.
    """
    clean = rules.message(content)
    ctx.limiter.spend("send_network", network)
    with ctx.reading() as db:
        person = people.find(ctx, username)
        receipt = ctx.vault.digests.of("receipt", rules.text(key) or new_token(), person.id, clean)
        if db.get(Receipt, receipt):
            return
    if not person.accepts_messages:
        raise InboxClosed(person.username)
    ctx.limiter.spend("send_network_inbox", network, person.id)
    ctx.limiter.spend("send_inbox", person.id)
    _store(ctx, person, clean, receipt)


def _store(ctx: Context, person: Person, content: str, receipt: str) -> None:
    with ctx.writing() as db:
        # Asked again under the lock: the inbox may have been closed meanwhile.
        accepts = select(Person.accepts_messages).where(Person.id == person.id)
        if not db.exec(accepts.with_for_update(read=True)).first():
            raise InboxClosed(person.username)
        kept = insert(db, Receipt).values(digest=receipt, expires_at=ctx.now + RECEIPT_LIVES)
        if db.connection().execute(kept.on_conflict_do_nothing()).rowcount != 1:
            return
        db.add(Message(person_id=person.id, content=content, sent_at=ctx.now))
    ctx.announce(live.inbox_of(person.id))


def inbox(
    ctx: Context,
    *,
    owner_id: str,
    before: InboxMessage | None = None,
    down_to: InboxMessage | None = None,
) -> InboxSlice:
    """A run of an owner's messages, newest first.

    Args:
        ctx: The context.
        owner_id: Whose inbox.
        before: The message after which to go on; its id and time say where,
            so that the place is found although it was deleted meanwhile.
        down_to: The last message that is shown already: nothing of what is on
            the screen disappears because something new has come.
    """
    mine = select(Message).where(Message.person_id == owner_id)
    place, size = tuple_(col(Message.sent_at), col(Message.id)), SLICE
    if before is not None:
        mine = mine.where(place < _place(before))
    if down_to is not None:
        on_screen = select(func.count()).select_from(Message)
        on_screen = on_screen.where(Message.person_id == owner_id, place >= _place(down_to))
        with ctx.reading() as db:
            size = max(SLICE, min(db.exec(on_screen).one(), LONGEST_SLICE))
    newest_first = mine.order_by(col(Message.sent_at).desc(), col(Message.id).desc())
    with ctx.reading() as db:
        found = db.exec(newest_first.limit(size + 1)).all()
        count = select(func.count()).select_from(Message).where(Message.person_id == owner_id)
        total = db.exec(count).one()
    shown = [InboxMessage(m.id, m.content, m.sent_at.isoformat()) for m in found[:size]]
    return InboxSlice(shown, more=len(found) > size, total=total)


def _place(message: InboxMessage) -> ColumnElement[Any]:
    """Where a message stands in the order of an inbox."""
    sent_at = literal(datetime.fromisoformat(message.sent_at), UTCDateTime())
    return tuple_(sent_at, literal(message.id))


def delete_one(ctx: Context, *, owner_id: str, message_id: object) -> None:
    """Delete a message for good.

    Raises:
        MessageNotFound: it is not in this owner's inbox, or not any more.
    """
    with ctx.writing() as db:
        gone = db.exec(
            delete(Message).where(
                col(Message.id) == rules.text(message_id), col(Message.person_id) == owner_id
            )
        )
        if gone.rowcount != 1:
            raise MessageNotFound
    ctx.announce(live.inbox_of(owner_id))
