"""Deliveries: messages that waited come into their inbox, in mixed order, at one time.

While they wait they're in no folder, count, email or export. What was promised to their
senders lies beside each, so that whatever their owner chooses later can only make them
wait longer. In quiet hours nothing is delivered, nor what came in a storm (`storms.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, literal
from sqlmodel import col, delete, false, func, insert, or_, select, true

from anonmsg.database.tables import HeldMessage, Message, Person, UTCDateTime
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.inbox.schedules import SCHEDULE, Schedule

# How many owners are looked up at once.
BATCH = 200
_due_at, _together = col(HeldMessage.due_at), col(HeldMessage.together)
_latest_at = col(HeldMessage.latest_at)


def deliver_due(ctx: Context) -> None:
    """Deliver everything that is due; several workers may do it at once.

    What fell due while nobody was there to deliver it is delivered now.
    """
    for owner_id in _owners(ctx):
        _deliver(ctx, owner_id)


def _owners(ctx: Context) -> Iterator[str]:
    """Yield whose messages are due, as many as they were to come with, and in no quiet hours.

    Those that have to wait cost no transaction that others would wait for.
    """
    last = ""
    person_id = col(HeldMessage.person_id)
    # Only 1 and `schedules.TOGETHER` are ever chosen.
    are_enough = func.count() >= func.min(_together)
    while True:
        some = (
            sqlalchemy.select(person_id, *SCHEDULE)
            .join(Person, col(Person.id) == person_id)
            .where(_due_at <= ctx.now, col(HeldMessage.in_storm) == false(), person_id > last)
            .group_by(person_id, *SCHEDULE)
            .having(or_(are_enough, func.min(_latest_at) <= ctx.now))
        )
        with ctx.reading() as db:
            found = db.connection().execute(some.order_by(person_id).limit(BATCH)).all()
        yield from (row[0] for row in found if not Schedule(*row[1:]).is_quiet_at(ctx.now))
        if len(found) < BATCH:
            return
        last = found[-1][0]


def _deliver(ctx: Context, owner_id: str) -> None:
    with ctx.writing() as db:
        theirs = sqlalchemy.select(*SCHEDULE).where(col(Person.id) == owner_id)
        chosen = db.connection().execute(theirs).first()
        if chosen is None or Schedule(*chosen).is_quiet_at(ctx.now):
            return
        due = (
            col(HeldMessage.person_id) == owner_id,
            col(HeldMessage.in_storm) == false(),
            _due_at <= ctx.now,
        )
        are = db.exec(select(func.count()).select_from(HeldMessage).where(*due)).one()
        ready = (*due, or_(_together <= are, _latest_at <= ctx.now))
        connection = db.connection()
        connection.execute(_into_inbox(ctx.now.replace(microsecond=0), ready))
        gone = connection.execute(delete(HeldMessage).where(*ready))
    if gone.rowcount:
        ctx.announce(topics.arrivals_of(owner_id))


def _into_inbox(shown_at: datetime, ready: tuple[ColumnElement[bool], ...]) -> Any:
    """Return the statement that makes messages of those that waited, in a random order.

    Their ids are random, and the order in which they come decides the order in which they
    lie in the table.
    """
    values = {
        "id": col(HeldMessage.id),
        "person_id": col(HeldMessage.person_id),
        "sealed": col(HeldMessage.sealed),
        "content": literal(""),
        "sent_at": literal(shown_at, UTCDateTime()),
        "folder": literal("inbox"),
        "is_unread": true(),
        "is_starred": false(),
        "trashed_from": literal(""),
    }
    waiting = select(*values.values()).where(*ready).order_by(col(HeldMessage.id))
    return insert(Message).from_select(list(values), waiting)
