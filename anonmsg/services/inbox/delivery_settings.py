"""Delivery settings: what an owner has chosen about when messages come."""

from __future__ import annotations

from sqlmodel import col, select, update

from anonmsg import rules
from anonmsg.database.tables import Person
from anonmsg.errors import NotSignedIn
from anonmsg.public import DeliverySettings
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.notifications import email_digests


def of(ctx: Context, *, owner_id: str) -> DeliverySettings:
    """Return what an owner has chosen.

    Raises:
        NotSignedIn: the account is gone.
    """
    with ctx.reading() as db:
        found = db.exec(select(Person.time_zone).where(Person.id == owner_id)).first()
    if found is None:
        raise NotSignedIn
    return DeliverySettings(found)


def choose_time_zone(ctx: Context, *, owner_id: str, name: object) -> None:
    """Set the zone that an owner's days and hours are of; an empty name is UTC.

    Raises:
        InvalidTimeZone: there is no such zone.
        NotSignedIn: the account is gone.
    """
    zone = rules.time_zone(name)
    changed = update(Person).where(col(Person.id) == owner_id).values(time_zone=zone)
    with ctx.writing() as db:
        key = db.exec(changed.returning(col(Person.username_key))).scalars().first()
        email_digests.reschedule(ctx, person_id=owner_id, zone=zone)
    if key is None:
        raise NotSignedIn
    ctx.announce(topics.page_of(key))
