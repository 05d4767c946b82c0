"""Messages: left by anyone, and sealed; `slices.py` reads them, `moves.py` moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from anonmsg import rules
from anonmsg.errors import AppError, InboxClosed, InboxPaused, PageNotFound
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.counts import Spending
from anonmsg.runtime.metrics import here
from anonmsg.security.codes import new_id, new_token
from anonmsg.security.inbox_ciphers import InboxCipher
from anonmsg.services.inbox import inbox_keys, pauses
from anonmsg.services.inbox.schedules import AT_ONCE, Promise, Schedule
from anonmsg.services.inbox.send_statements import (
    KNOWN_SEND_KEYS,
    RECIPIENTS,
    hold_messages,
    keep_send_keys,
    store_messages,
)

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
        later: Whether they chose some time in the next 24 hours.
    """

    username: object
    content: object
    network: str
    key: object = ""
    later: bool = False


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
    refusals = ctx.rate_limits.spend_all([[("send_network", each.network)] for each in drafts])
    parcels = [_checked(*each) for each in zip(drafts, refusals, strict=True)]
    if all(parcel.refusal for parcel in parcels):
        return [parcel.refusal for parcel in parcels]
    with ctx.writing() as db:
        connection = db.connection()
        _address(ctx, connection, parcels)
        wanted = _let_in(ctx, _without_retries(connection, parcels))
        kept = _keep_send_keys(ctx, connection, wanted)
        delivered, stormed = _store(ctx, connection, kept)
    here().messages.inc(len(kept))
    for owner_id in delivered:
        ctx.announce(topics.arrivals_of(owner_id))
    for owner_id in stormed:
        ctx.announce(topics.storm_of(owner_id))
    return [parcel.refusal for parcel in parcels]


@dataclass
class _Parcel:
    """A message on its way: cleaned up, then addressed, then stored or refused."""

    username_key: str
    content: str
    key: str
    network: str
    later: bool
    refusal: AppError | None = None
    owner_id: str = ""
    owner: str = ""
    closed: InboxClosed | None = None
    cipher: InboxCipher | None = None
    schedule: Schedule = AT_ONCE
    storm_at: int = 0
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
    parcel = _Parcel(
        rules.username_key(draft.username), "", key, draft.network, draft.later is True, over_limit
    )
    try:
        parcel.content = rules.message(draft.content) if over_limit is None else ""
    except AppError as refusal:
        parcel.refusal = refusal
    return parcel


def _address(ctx: Context, connection: Connection, parcels: list[_Parcel]) -> None:
    """Find whose inboxes the messages are for, under the lock that the commit needs."""
    wanted = {parcel.username_key for parcel in parcels if parcel.refusal is None}
    found = connection.execute(RECIPIENTS, {"names": list(wanted), "now": ctx.now})
    people: dict[str, Any] = {row[0]: row for row in found}
    # An owner may be written to under two names, and their key is opened once.
    keys = {row[1]: row[4] for row in people.values()}
    ciphers = {each: inbox_keys.opened(ctx.keyring, keys[each], owner_id=each) for each in keys}
    for parcel in parcels:
        if parcel.refusal is not None:
            continue
        if parcel.username_key not in people:
            parcel.refusal = PageNotFound()
            continue
        row = people[parcel.username_key]
        _, parcel.owner_id, parcel.owner, accepts, _, until, parcel.storm_at, *delivery = row
        parcel.schedule = Schedule(*delivery)
        parcel.closed = _closed(ctx, parcel.owner, until, delivery[-1], accepts=accepts)
        parcel.cipher = ciphers[parcel.owner_id]
        if parcel.cipher is None:
            # Its key is sealed under a PEPPER that this process doesn't have.
            parcel.refusal = AppError()
            continue
        parts = (parcel.key, parcel.owner_id, parcel.content)
        parcel.send_key, *parcel.earlier = ctx.keyring.digests.each_of(PURPOSE, *parts)


def _closed(
    ctx: Context, owner: str, paused_until: datetime | None, time_zone: str, *, accepts: bool
) -> InboxClosed | None:
    """Return why an inbox takes no messages now, or None."""
    if not accepts:
        return InboxClosed(owner)
    if paused_until is None or paused_until <= ctx.now:
        return None
    return InboxPaused(owner, pauses.reopens(paused_until, time_zone))


def _without_retries(connection: Connection, parcels: list[_Parcel]) -> list[_Parcel]:
    """Return one parcel per send key that isn't stored yet; the others are retries."""
    new = {parcel.send_key: parcel for parcel in parcels if parcel.refusal is None}
    # A previous PEPPER may have made the key of the first attempt.
    asked = [digest for parcel in new.values() for digest in (parcel.send_key, *parcel.earlier)]
    known = set(connection.execute(KNOWN_SEND_KEYS, {"digests": asked}).scalars())
    return [d for d in new.values() if not known.intersection((d.send_key, *d.earlier))]


def _let_in(ctx: Context, parcels: list[_Parcel]) -> list[_Parcel]:
    """Return the parcels for open inboxes that are within their limits."""
    for parcel in parcels:
        parcel.refusal = parcel.closed
    wanted = [parcel for parcel in parcels if parcel.refusal is None]
    refusals = ctx.rate_limits.spend_all([parcel.limits for parcel in wanted])
    for parcel, refusal in zip(wanted, refusals, strict=True):
        parcel.refusal = refusal
    return [parcel for parcel in wanted if parcel.refusal is None]


def _keep_send_keys(ctx: Context, connection: Connection, parcels: list[_Parcel]) -> list[_Parcel]:
    """Return the parcels whose send key no concurrent request stored first."""
    if not parcels:
        return []
    expires_at = _next_hour(ctx.now + SEND_KEY_LIVES)
    rows = [{"digest": parcel.send_key, "expires_at": expires_at} for parcel in parcels]
    kept = set(connection.execute(keep_send_keys(connection.dialect.name), rows).scalars())
    return [parcel for parcel in parcels if parcel.send_key in kept]


def _next_hour(moment: datetime) -> datetime:
    """Return a moment rounded up to the hour: what expires then tells no finer time."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)


def _in_storm(ctx: Context, parcels: list[_Parcel]) -> set[str]:
    """Return the send keys of what comes faster than its inbox's owner wants it."""
    braked = [parcel for parcel in parcels if parcel.storm_at]
    if not braked:
        return set()
    attempts = [[(f"storm_{parcel.storm_at}", parcel.owner_id)] for parcel in braked]
    over = zip(braked, ctx.rate_limits.spend_all(attempts), strict=True)
    return {parcel.send_key for parcel, is_over in over if is_over}


def _store(
    ctx: Context, connection: Connection, parcels: list[_Parcel]
) -> tuple[set[str], set[str]]:
    """Store messages, or hold those that wait.

    Returns:
        Whose inboxes have got some, and for whom some are held that came in a storm.
    """
    # A finer time could be matched with when somebody was seen to send.
    sent_at = ctx.now.replace(microsecond=0)
    rows: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    stormed = _in_storm(ctx, parcels)
    for parcel in parcels:
        if parcel.cipher is None:
            continue
        message_id = new_id()
        sealed = parcel.cipher.close(parcel.content, message_id=message_id)
        row = {"id": message_id, "person_id": parcel.owner_id, "sealed": sealed}
        in_storm = parcel.send_key in stormed
        promise = None
        if parcel.later or in_storm or not parcel.schedule.is_plain:
            promise = parcel.schedule.promise(ctx.now, later=parcel.later)
        if promise is None and not in_storm:
            rows.append(row | {"content": "", "sent_at": sent_at, "is_unread": True})
        else:
            held.append(row | vars(promise or Promise.of_day(ctx.now)) | {"in_storm": in_storm})
    dialect = connection.dialect.name
    if rows:
        connection.execute(store_messages(dialect), rows)
    if held:
        connection.execute(hold_messages(dialect), held)
    return (
        {row["person_id"] for row in rows},
        {row["person_id"] for row in held if row["in_storm"]},
    )
