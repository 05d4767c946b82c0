"""Messages: left by anyone, read and deleted by their owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlmodel import col, delete, select

from anonmsg import rules
from anonmsg.database.engine import insert
from anonmsg.database.tables import HeldUsername, Message, Person, SendKey
from anonmsg.errors import AppError, InboxClosed, MessageNotFound, PageNotFound
from anonmsg.public import InboxMessage, InboxSlice
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id, new_token
from anonmsg.services.inbox import message_order

SLICE = 20
# The most messages that a refresh reloads after "Load more".
LONGEST_SLICE = 1000
# No commit takes longer: writers wait for the lock for ten seconds at most.
SLOWEST_COMMIT = timedelta(seconds=15)
SEND_KEY_LIVES = timedelta(hours=24)
# What the digests in `send_keys` are bound to. It is the table's former name: with
# another word, a retry across an upgrade wouldn't be recognised.
PURPOSE = "receipt"


@dataclass(frozen=True)
class Draft:
    """A message as its sender typed and sent it.

    Attributes:
        username: Whose inbox it is for, as in the page's URL.
        content: The text.
        key: The form's random key, used to recognise a retry.
        network: The key of the sender's network, for the rate limits; it is never stored.
    """

    username: object
    content: object
    network: str
    key: object = ""


def send_all(ctx: Context, drafts: Sequence[Draft]) -> list[AppError | None]:
    """Store the messages of several senders, unsigned, with one commit.

    Writing to disk dominates the time, and takes as long for one message as for fifty.
    No sender is told that a message was sent before the commit. Nothing about a sender
    is stored, so nothing about a sender can leak. The time is kept to the second, and a
    retry key's end to the hour.

    Args:
        ctx: The context.
        drafts: What each sender has sent.

    Returns:
        For each sender None, or why their message was refused: InvalidMessage (empty or
        too long), PageNotFound, InboxClosed, or TooManyAttempts (from this network or to
        this inbox).
    """
    parcels = [_checked(ctx, each) for each in drafts]
    if all(parcel.refusal for parcel in parcels):
        return [parcel.refusal for parcel in parcels]
    with ctx.writing() as db:
        _address(ctx, parcels)
        fresh = _without_retries(ctx, parcels)
        kept = _keep_send_keys(ctx, [parcel for parcel in fresh if _may_be_left(ctx, parcel)])
        # A finer time could be matched with when somebody was seen to send.
        sent_at = ctx.now.replace(microsecond=0)
        rows = [
            {
                "id": new_id(),
                "person_id": parcel.owner_id,
                "content": parcel.content,
                "sent_at": sent_at,
            }
            for parcel in kept
        ]
        if rows:
            db.connection().execute(insert(db, Message), rows)
    for owner_id in {parcel.owner_id for parcel in kept}:
        ctx.announce(topics.arrivals_of(owner_id))
    return [parcel.refusal for parcel in parcels]


@dataclass
class _Parcel:
    """A message on its way: cleaned up, then addressed, then stored or refused."""

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


def _checked(ctx: Context, draft: Draft) -> _Parcel:
    key = rules.text(draft.key) or new_token()
    parcel = _Parcel(rules.username_key(draft.username), "", key, draft.network)
    try:
        ctx.rate_limits.spend("send_network", parcel.network)
        parcel.content = rules.message(draft.content)
    except AppError as refusal:
        parcel.refusal = refusal
    return parcel


def _address(ctx: Context, parcels: list[_Parcel]) -> None:
    """Find whose inboxes the messages are for, under the lock that the commit needs."""
    wanted = {parcel.username_key for parcel in parcels if parcel.refusal is None}
    # Join through the names table, because a page may be open under a former name.
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
    for parcel in parcels:
        if parcel.refusal is not None:
            continue
        if parcel.username_key not in people:
            parcel.refusal = PageNotFound()
            continue
        _, parcel.owner_id, parcel.owner, parcel.accepted = people[parcel.username_key]
        parts = (parcel.key, parcel.owner_id, parcel.content)
        parcel.send_key, *parcel.earlier = ctx.keyring.digests.each_of(PURPOSE, *parts)


def _without_retries(ctx: Context, parcels: list[_Parcel]) -> list[_Parcel]:
    """Return one parcel per send key that isn't stored yet; the others are retries."""
    new = {parcel.send_key: parcel for parcel in parcels if parcel.refusal is None}
    # A previous PEPPER may have made the key of the first attempt.
    asked = [digest for parcel in new.values() for digest in (parcel.send_key, *parcel.earlier)]
    known = set(ctx.db.exec(select(SendKey.digest).where(col(SendKey.digest).in_(asked))).all())
    return [d for d in new.values() if not known.intersection((d.send_key, *d.earlier))]


def _may_be_left(ctx: Context, parcel: _Parcel) -> bool:
    if not parcel.accepted:
        parcel.refusal = InboxClosed(parcel.owner)
        return False
    try:
        ctx.rate_limits.spend("send_network_inbox", parcel.network, parcel.owner_id)
        ctx.rate_limits.spend("send_inbox", parcel.owner_id)
    except AppError as refusal:
        parcel.refusal = refusal
    return parcel.refusal is None


def _keep_send_keys(ctx: Context, parcels: list[_Parcel]) -> list[_Parcel]:
    """Return the parcels whose send key no concurrent request stored first."""
    if not parcels:
        return []
    expires_at = _next_hour(ctx.now + SEND_KEY_LIVES)
    rows = [{"digest": parcel.send_key, "expires_at": expires_at} for parcel in parcels]
    keep = insert(ctx.db, SendKey).on_conflict_do_nothing().returning(col(SendKey.digest))
    kept = set(ctx.db.connection().execute(keep, rows).scalars())
    return [parcel for parcel in parcels if parcel.send_key in kept]


def _next_hour(moment: datetime) -> datetime:
    """Return a moment rounded up to the hour: what expires then tells no finer time."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)


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


def delete_one(ctx: Context, *, owner_id: str, message_id: object) -> None:
    """Delete a message permanently.

    Raises:
        MessageNotFound: it isn't in this owner's inbox, or no longer is.
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
