"""Due digests: which owners may be told now, and how much is new to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, true
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from anonmsg.database.tables import EmailDigest, Message, Person
from anonmsg.runtime.context import Context
from anonmsg.services.inbox.folders import Folder
from anonmsg.services.inbox.schedules import Schedule

# Nobody is due later than this, except after a clock that was ahead.
FURTHEST = timedelta(hours=26)

_whose = col(EmailDigest.person_id)


@dataclass(frozen=True)
class DueDigest:
    """An owner who may be told now, as read before the transaction that tells them."""

    person_id: str
    frequency: str
    hour: int
    next_at: datetime
    told_until: datetime
    username: str
    email: str
    time_zone: str
    quiet_from: int
    quiet_to: int
    is_there: bool
    count: int

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the owner's quiet hours end, if it's quiet now."""
        hours = Schedule(
            quiet_from=self.quiet_from, quiet_to=self.quiet_to, time_zone=self.time_zone
        )
        return hours.quiet_until(now)


def due(ctx: Context, until: datetime, limit: int) -> list[DueDigest]:
    """Read who is due, with how many messages are new to them."""
    at = col(EmailDigest.next_at)
    found = _read(ctx, at <= ctx.now, until, limit)
    # After a clock that was ahead, nobody would be due until it's that late again.
    return found or _read(ctx, at > ctx.now + FURTHEST, until, limit)


def _read(ctx: Context, which: ColumnElement[bool], until: datetime, limit: int) -> list[DueDigest]:
    new = (
        select(func.count())
        .select_from(Message)
        .where(
            col(Message.person_id) == _whose,
            col(Message.folder) == Folder.INBOX.value,
            col(Message.sent_at) >= col(EmailDigest.told_until),
            col(Message.sent_at) < until,
            col(Message.is_unread) == true(),
            col(Message.is_test) == false(),
        )
        .correlate(EmailDigest)
        .scalar_subquery()
    )
    leaves_at, banned_at = col(Person.leaves_at), col(Person.banned_at)
    columns = (
        *(_whose, col(EmailDigest.frequency), col(EmailDigest.hour)),
        *(col(EmailDigest.next_at), col(EmailDigest.told_until)),
        *(col(Person.username), col(Person.email), col(Person.time_zone)),
        *(col(Person.quiet_from), col(Person.quiet_to)),
        leaves_at.is_(None) & banned_at.is_(None),
    )
    asked = (
        select_columns(*columns, new)
        .join(Person, col(Person.id) == _whose)
        .where(which)
        .order_by(col(EmailDigest.next_at))
        .limit(limit)
    )
    found: Any = ctx.db.connection().execute(asked)
    return [DueDigest(*row) for row in found]
