"""Delivery settings: what an owner has chosen about when messages come."""

from __future__ import annotations

from sqlmodel import col, update

from anonmsg import rules
from anonmsg.database.tables import Person
from anonmsg.errors import InvalidDelivery, NotSignedIn, SameHour
from anonmsg.public import DeliverySettings
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import schedules
from anonmsg.services.inbox.schedules import SCHEDULE, Schedule
from anonmsg.services.notifications import email_digests

HOURS = {str(hour): hour for hour in range(24)}


def of(ctx: Context, *, owner_id: str) -> DeliverySettings:
    """Return what an owner has chosen.

    Raises:
        NotSignedIn: the account is gone.
    """
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
    if person is None:
        raise NotSignedIn
    schedule = Schedule(*(getattr(person, column.key) for column in SCHEDULE))
    return DeliverySettings(
        time_zone=person.time_zone,
        mode=schedule.mode,
        hour=schedule.hour,
        holds=schedule.together > 1,
        is_quiet=schedule.quiet_from != schedule.quiet_to,
        quiet_from=schedule.quiet_from,
        quiet_to=schedule.quiet_to,
        said=schedule.in_words(person.display_name or person.username, ctx.now),
    )


def choose_delivery(
    ctx: Context, *, owner_id: str, mode: object, hour: object, holds: object
) -> None:
    """Set when messages come that are sent from now on; those that wait keep their promise.

    Args:
        ctx: The context.
        owner_id: Whose messages.
        mode: `schedules.RIGHT_AWAY`, `schedules.HOURLY` or `schedules.DAILY`.
        hour: The hour of the day in the mode `DAILY`, from 0 to 23, as typed.
        holds: Whether they wait until three have come.

    Raises:
        InvalidDelivery: the mode or the hour is none of these.
        NotSignedIn: the account is gone.
    """
    if not isinstance(mode, str) or mode not in schedules.MODES:
        raise InvalidDelivery
    values: dict[str, object] = {"delivery": mode}
    if mode == schedules.DAILY:
        values["delivery_hour"] = _hour(hour)
    values["deliver_together"] = schedules.TOGETHER if holds is True else 1
    _change(ctx, owner_id, **values)


def choose_quiet_hours(
    ctx: Context, *, owner_id: str, are_on: object, start: object, end: object
) -> None:
    """Set between which hours nothing is delivered, or that there are none.

    Raises:
        InvalidDelivery: an hour isn't one of the day.
        SameHour: they would begin when they end.
        NotSignedIn: the account is gone.
    """
    first, last = (_hour(start), _hour(end)) if are_on is True else (0, 0)
    if are_on is True and first == last:
        raise SameHour
    _change(ctx, owner_id, quiet_from=first, quiet_to=last)


def choose_time_zone(ctx: Context, *, owner_id: str, name: object) -> None:
    """Set the zone that an owner's days and hours are of; an empty name is UTC.

    Raises:
        InvalidTimeZone: there is no such zone.
        NotSignedIn: the account is gone.
    """
    zone = rules.time_zone(name)
    _change(ctx, owner_id, time_zone=zone)


def _hour(value: object) -> int:
    """Return an hour of the day, as a number or as typed.

    Raises:
        InvalidDelivery: it's none.
    """
    typed = str(value) if type(value) in (str, int) else ""
    found = HOURS.get(typed)
    if found is None:
        raise InvalidDelivery
    return found


def _change(ctx: Context, owner_id: str, **values: object) -> None:
    changed = update(Person).where(col(Person.id) == owner_id).values(**values)
    with ctx.writing() as db:
        key = db.exec(changed.returning(col(Person.username_key))).scalars().first()
        if "time_zone" in values:
            email_digests.reschedule(ctx, person_id=owner_id, zone=str(values["time_zone"]))
    if key is None:
        raise NotSignedIn
    ctx.announce(topics.page_of(key))
