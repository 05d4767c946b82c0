"""Messages: left by anyone, read and deleted by their owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_
from sqlmodel import col, delete, select

from anonmsg import rules
from anonmsg.database.engine import insert
from anonmsg.database.tables import HeldUsername, Message, Person, SendKey
from anonmsg.errors import AppError, InboxClosed, MessageNotFound, PageNotFound
from anonmsg.public import InboxMessage, InboxSlice
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import Spending
from anonmsg.security.codes import new_id, new_token
from anonmsg.services.inbox import message_order

SLICE = 20
# The most messages that a refresh reloads after "Load more".
LONGEST_SLICE = 1000
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
    is stored, so nothing about a sender can leak.

    Args:
        ctx: The context.
        drafts: What each sender has sent.

    Returns:
        For each sender None, or why their message was refused: InvalidMessage (empty or
        too long), PageNotFound, InboxClosed, or TooManyAttempts (from this network or to
        this inbox).
    """
    refusals = ctx.rate_limits.spend_all([[("send_network", each.network)] for each in drafts])
    parcels = [_checked(*each) for each in zip(drafts, refusals, strict=True)]
    with ctx.writing() as db:
        _address(ctx, parcels)
        kept = _keep_send_keys(ctx, _let_in(ctx, _without_retries(ctx, parcels)))
        rows = [
            {
                "id": new_id(),
                "person_id": parcel.owner_id,
                "content": parcel.content,
                "sent_at": ctx.now,
            }
            for parcel in kept
        ]
        if rows:
            db.connection().execute(insert(db, Message), rows)
    for owner_id in {parcel.owner_id for parcel in kept}:
        ctx.announce(topics.inbox_of(owner_id))
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

    @property
    def limits(self) -> list[Spending]:
        """The limits of its inbox, in the order in which they are spent."""
        return [
            ("send_network_inbox", self.network, self.owner_id),
            ("send_inbox", self.owner_id),
        ]


def _checked(draft: Draft, over_limit: AppError | None) -> _Parcel:
    key = rules.text(draft.key) or new_token()
    parcel = _Parcel(rules.username_key(draft.username), "", key, draft.network, over_limit)
    try:
        parcel.content = rules.message(draft.content) if over_limit is None else ""
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


def _let_in(ctx: Context, parcels: list[_Parcel]) -> list[_Parcel]:
    """Return the parcels for open inboxes that are within their limits."""
    for parcel in parcels:
        if not parcel.accepted:
            parcel.refusal = InboxClosed(parcel.owner)
    wanted = [parcel for parcel in parcels if parcel.refusal is None]
    refusals = ctx.rate_limits.spend_all([parcel.limits for parcel in wanted])
    for parcel, refusal in zip(wanted, refusals, strict=True):
        parcel.refusal = refusal
    return [parcel for parcel in wanted if parcel.refusal is None]


def _keep_send_keys(ctx: Context, parcels: list[_Parcel]) -> list[_Parcel]:
    """Return the parcels whose send key no concurrent request stored first."""
    if not parcels:
        return []
    expires_at = ctx.now + SEND_KEY_LIVES
    rows = [{"digest": parcel.send_key, "expires_at": expires_at} for parcel in parcels]
    keep = insert(ctx.db, SendKey).on_conflict_do_nothing().returning(col(SendKey.digest))
    kept = set(ctx.db.connection().execute(keep, rows).scalars())
    return [parcel for parcel in parcels if parcel.send_key in kept]


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
    shown = [InboxMessage(m.id, m.content, m.sent_at.isoformat()) for m in found[:size]]
    return InboxSlice(shown, more=len(found) > size, total=total)


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
