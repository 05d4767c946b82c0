"""Messages: left by anyone, read and deleted by their owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, delete, select

from anonmsg import rules
from anonmsg.database.engine import insert
from anonmsg.database.tables import HeldUsername, Message, Person, SendKey
from anonmsg.errors import AppError, InboxClosed, MessageNotFound, NobodyHere
from anonmsg.public import InboxMessage, InboxSlice
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import commits_together
from anonmsg.security.codes import new_id, new_token
from anonmsg.services.inbox import message_order

SLICE = 20
# What a refresh brings back at most of what "Load more" had shown.
LONGEST_SLICE = 1000
SEND_KEY_LIVES = timedelta(hours=24)
# What the digests in `send_keys` are bound to. It is the table's former name:
# with another word, no retry across an update would be recognised.
PURPOSE = "receipt"


def send_all(ctx: Context, asked: Sequence[Mapping[str, Any]]) -> list[AppError | None]:
    """Leave the messages of several senders with one commit; see `send`.

    Writing to disk takes the most time, and takes as long for fifty as for
    one. Nobody is told that a message was sent before the commit.

    Args:
        ctx: The context.
        asked: The arguments of `send` for each sender.

    Returns:
        For each sender why their message was refused, or None.
    """
    drafts = [_drafted(ctx, **each) for each in asked]
    with ctx.writing() as db:
        _address(ctx, drafts)
        fresh = _without_retries(ctx, drafts)
        kept = _keep_send_keys(ctx, [draft for draft in fresh if _may_be_left(ctx, draft)])
        rows = [
            {
                "id": new_id(),
                "person_id": draft.owner_id,
                "content": draft.content,
                "sent_at": ctx.now,
            }
            for draft in kept
        ]
        if rows:
            db.connection().execute(insert(db, Message), rows)
    for owner_id in {draft.owner_id for draft in kept}:
        ctx.announce(topics.inbox_of(owner_id))
    return [draft.refusal for draft in drafts]


@commits_together(send_all)
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
    asked = {"username": username, "content": content, "key": key, "network": network}
    (refusal,) = send_all(ctx, [asked])
    if refusal is not None:
        raise refusal


@dataclass
class _Draft:
    """A message on its way: cleaned up, then addressed, then kept or refused."""

    username_key: str
    content: str
    key: str
    network: str
    refusal: AppError | None = None
    owner_id: str = ""
    owner: str = ""
    accepted: bool = False
    send_key: str = ""
    earlier: Sequence[str] = ()


def _drafted(
    ctx: Context, *, username: object, content: object, key: object = "", network: str
) -> _Draft:
    draft = _Draft(rules.username_key(username), "", rules.text(key) or new_token(), network)
    try:
        draft.content = rules.message(content)
        ctx.rate_limits.spend("send_network", network)
    except AppError as refusal:
        draft.refusal = refusal
    return draft


def _address(ctx: Context, drafts: list[_Draft]) -> None:
    """Find whose inboxes they are for, under the lock that the commit needs."""
    wanted = {draft.username_key for draft in drafts if draft.refusal is None}
    # By the names table, because a page may be open under a name given up lately.
    found = (
        select(HeldUsername.username_key, Person.id, Person.username, Person.accepts_messages)
        .join(Person, col(Person.id) == col(HeldUsername.person_id))
        .where(
            col(HeldUsername.username_key).in_(wanted),
            or_(col(HeldUsername.held_until).is_(None), col(HeldUsername.held_until) > ctx.now),
            col(Person.banned_at).is_(None),
            col(Person.leaves_at).is_(None),
        )
        .with_for_update(read=True, of=Person)
    )
    people = {row[0]: row for row in ctx.db.exec(found).all()}
    for draft in drafts:
        if draft.refusal is not None:
            continue
        if draft.username_key not in people:
            draft.refusal = NobodyHere()
            continue
        _, draft.owner_id, draft.owner, draft.accepted = people[draft.username_key]
        parts = (draft.key, draft.owner_id, draft.content)
        draft.send_key, *draft.earlier = ctx.keyring.digests.each_of(PURPOSE, *parts)


def _without_retries(ctx: Context, drafts: list[_Draft]) -> list[_Draft]:
    """One draft per send key that is not stored yet; the others are retries."""
    new = {draft.send_key: draft for draft in drafts if draft.refusal is None}
    # An earlier PEPPER may have made the key of the first try.
    asked = [digest for draft in new.values() for digest in (draft.send_key, *draft.earlier)]
    known = set(ctx.db.exec(select(SendKey.digest).where(col(SendKey.digest).in_(asked))).all())
    return [d for d in new.values() if not known.intersection((d.send_key, *d.earlier))]


def _may_be_left(ctx: Context, draft: _Draft) -> bool:
    if not draft.accepted:
        draft.refusal = InboxClosed(draft.owner)
        return False
    try:
        ctx.rate_limits.spend("send_network_inbox", draft.network, draft.owner_id)
        ctx.rate_limits.spend("send_inbox", draft.owner_id)
    except AppError as refusal:
        draft.refusal = refusal
    return draft.refusal is None


def _keep_send_keys(ctx: Context, drafts: list[_Draft]) -> list[_Draft]:
    """The drafts whose send key no concurrent sender has stored first."""
    if not drafts:
        return []
    expires_at = ctx.now + SEND_KEY_LIVES
    rows = [{"digest": draft.send_key, "expires_at": expires_at} for draft in drafts]
    keep = insert(ctx.db, SendKey).on_conflict_do_nothing().returning(col(SendKey.digest))
    kept = set(ctx.db.connection().execute(keep, rows).scalars())
    return [draft for draft in drafts if draft.send_key in kept]


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
    shown = [InboxMessage(m.id, m.content, m.sent_at.isoformat()) for m in found[:size]]
    return InboxSlice(shown, more=len(found) > size, total=total)


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
    ctx.announce(topics.inbox_of(owner_id))
