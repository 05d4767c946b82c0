"""Pauses: a page that is closed for a while, and opens again by itself.

A paused page refuses messages like a closed one, and says when it opens again. From that
moment it's open, because everyone compares with the clock; open tabs hear of it soon after.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select, update

from anonmsg import rules
from anonmsg.database.tables import Person
from anonmsg.errors import AppError, InvalidDay, InvalidPause, NotSignedIn
from anonmsg.locale import _, local_time_in_words
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import local_times

FOR_AN_HOUR, UNTIL_TOMORROW, UNTIL_A_DATE = "hour", "tomorrow", "date"
LONGEST = timedelta(days=366)
# How many pauses are ended in one transaction.
BATCH = 200


def pause(
    ctx: Context, *, owner_id: str, length: object, until: object = "", zone: object = ""
) -> None:
    """Pause an owner's page; senders see it at once.

    Args:
        ctx: The context.
        owner_id: Whose page.
        length: `FOR_AN_HOUR`, `UNTIL_TOMORROW` or `UNTIL_A_DATE`.
        until: The day on which it opens again, as an ISO date, if it's until one.
        zone: The browser's time zone, which counts for an owner who has chosen none.

    Raises:
        InvalidPause: the length is none of these.
        InvalidDay: the day doesn't exist, isn't in the future, or is more than a year ahead.
        NotSignedIn: the account is gone.
    """
    with ctx.writing() as db:
        theirs = select(Person.username_key, Person.time_zone).where(Person.id == owner_id)
        found = db.exec(theirs).first()
        if found is None:
            raise NotSignedIn
        key, chosen = found
        ends_at = _end(ctx.now, length, until, chosen or _suggested(zone))
        mine = update(Person).where(col(Person.id) == owner_id)
        db.exec(mine.values(paused_until=ends_at))
    _announce(ctx, owner_id, key)


def end(ctx: Context, *, owner_id: str) -> None:
    """End a pause at once; a page that isn't paused stays as it is."""
    paused = col(Person.id) == owner_id, col(Person.paused_until).is_not(None)
    ended = update(Person).where(*paused).values(paused_until=None)
    with ctx.writing() as db:
        key = db.exec(ended.returning(col(Person.username_key))).scalars().first()
    if key is not None:
        _announce(ctx, owner_id, key)


def end_due(ctx: Context) -> None:
    """Tell the open tabs of pauses that are over; several workers may do it at once."""
    is_over = col(Person.paused_until) <= ctx.now
    some = select(Person.id).where(is_over).limit(BATCH)
    over = update(Person).where(col(Person.id).in_(some), is_over).values(paused_until=None)
    over = over.execution_options(synchronize_session=False)
    while True:
        # Looking takes no lock, and nearly always finds nothing.
        with ctx.reading() as db:
            if db.exec(some.limit(1)).first() is None:
                return
        with ctx.writing() as db:
            ended = db.exec(over.returning(col(Person.id), col(Person.username_key))).all()
        for owner_id, key in ended:
            _announce(ctx, owner_id, key)


def is_on(paused_until: datetime | None, now: datetime) -> bool:
    """Return whether a page is paused."""
    return paused_until is not None and paused_until > now


def reopens(paused_until: datetime, time_zone: str) -> str:
    """Say when a paused page opens again, in its owner's time zone."""
    local = paused_until.astimezone(local_times.zone_of(time_zone))
    return _("Opens again on {when}.").format(when=local_time_in_words(local))


def _end(now: datetime, length: object, until: object, zone_name: str) -> datetime:
    zone = local_times.zone_of(zone_name)
    if length == FOR_AN_HOUR:
        # A whole minute, because that is what people are told.
        return (now + timedelta(minutes=61)).replace(second=0, microsecond=0)
    if length == UNTIL_TOMORROW:
        return local_times.tomorrow(now, zone)
    if length != UNTIL_A_DATE:
        raise InvalidPause
    day = rules.day(until)
    if not local_times.today(now, zone) < day <= (now + LONGEST).date():
        raise InvalidDay
    return local_times.beginning(day, zone)


def _suggested(zone: object) -> str:
    """Return the browser's time zone, unless it's one that nobody knows."""
    try:
        return rules.time_zone(zone)
    except AppError:
        return ""


def _announce(ctx: Context, owner_id: str, username_key: str) -> None:
    ctx.announce(topics.page_of(username_key))
    ctx.announce(topics.inbox_of(owner_id))
