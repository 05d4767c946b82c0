"""Email digests: an owner is told how many messages are new, and never what they say.

At most once an hour, or once a day at an hour of theirs, outside of their quiet hours, and
only if something has come since the last email and since they last opened their inbox.
Whoever is due is looked at in small batches. What is posted lets every other email go first
(`outbox.post`), and no more is posted than leaves: somebody who waits for a code never
waits for a hundred thousand digests.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import col, delete, select, update

from anonmsg import addresses, rules
from anonmsg.database import locks
from anonmsg.database.engine import insert
from anonmsg.database.tables import EmailDigest, Person
from anonmsg.errors import InvalidDigest, NotSignedIn
from anonmsg.mail import letters
from anonmsg.mail.letters import Letter
from anonmsg.public import DigestChoice
from anonmsg.runtime.context import Context
from anonmsg.services import outbox
from anonmsg.services.inbox.slices import SLOWEST_COMMIT
from anonmsg.services.notifications import digest_times, due_digests, unsubscribe_links
from anonmsg.services.notifications.digest_times import DAILY, FREQUENCIES, OFF
from anonmsg.services.notifications.due_digests import DueDigest

# How many owners are looked at in one go, and how many digests may wait to be sent.
BATCH = 100
ROOM = 200
# How long an open inbox isn't noted again.
A_WHILE = timedelta(minutes=1)

_whose = col(EmailDigest.person_id)
# Built once: with the ORM's own, others who write would wait three times as long.
_MOVE = (
    update(EmailDigest)
    .where(
        _whose == bindparam("whose"),
        col(EmailDigest.frequency) == bindparam("how_often"),
        col(EmailDigest.next_at) == bindparam("was_next"),
        col(EmailDigest.told_until) == bindparam("was_told"),
        select_columns(col(Person.id))
        .where(col(Person.id) == bindparam("whose"), col(Person.email) == bindparam("address"))
        .exists(),
    )
    .values(next_at=bindparam("next_at"), told_until=bindparam("told_until"))
)


def choice(ctx: Context, *, owner_id: str) -> DigestChoice:
    """Return how often an owner is told about new messages by email."""
    with ctx.reading() as db:
        kept = db.get(EmailDigest, owner_id)
    return DigestChoice() if kept is None else DigestChoice(kept.frequency, kept.hour)


def choose(ctx: Context, *, owner_id: str, frequency: object, hour: object = "") -> None:
    """Tell an owner about new messages so often from now on, or not any more.

    Args:
        ctx: The context.
        owner_id: Whom.
        frequency: `OFF`, `HOURLY` or `DAILY`.
        hour: The hour of their day, if it's once a day; as a number or as typed.

    Raises:
        InvalidDigest: it's none of these, or there is no such hour.
        NotSignedIn: the account is gone.
    """
    wanted = rules.text(frequency, 10)
    if wanted not in FREQUENCIES:
        raise InvalidDigest
    at = _hour(hour) if wanted == DAILY else 0
    with ctx.writing() as db:
        person = db.get(Person, owner_id)
        if person is None:
            raise NotSignedIn
        if wanted == OFF:
            stop(ctx, person_id=owner_id)
            return
        next_at = digest_times.next_time(wanted, hour=at, zone=person.time_zone, now=ctx.now)
        changed = {"frequency": wanted, "hour": at, "next_at": next_at}
        new = insert(db, EmailDigest).values(
            person_id=owner_id, told_until=_second(ctx.now), **changed
        )
        db.exec(new.on_conflict_do_update(index_elements=["person_id"], set_=changed))


def stop(ctx: Context, *, person_id: str) -> None:
    """Tell an owner nothing more by email, within the caller's transaction."""
    ctx.db.exec(delete(EmailDigest).where(_whose == person_id))


def reschedule(ctx: Context, *, person_id: str, zone: str) -> None:
    """Move an owner's hour to another time zone, within the caller's transaction."""
    kept = ctx.db.get(EmailDigest, person_id)
    if kept is not None and kept.frequency == DAILY:
        kept.next_at = digest_times.next_time(DAILY, hour=kept.hour, zone=zone, now=ctx.now)
        ctx.db.add(kept)


def seen(ctx: Context, *, owner_id: str) -> None:
    """Note that an owner has opened the inbox: what is in it is no news any more.

    Only who is told by email has anything to note.
    """
    long_ago = _whose == owner_id, col(EmailDigest.told_until) <= ctx.now - A_WHILE
    with ctx.reading() as db:
        if db.exec(select(EmailDigest.person_id).where(*long_ago)).first() is None:
            return
    with ctx.writing() as db:
        db.exec(update(EmailDigest).where(*long_ago).values(told_until=_second(ctx.now)))


def tell_next(ctx: Context, *, room: int = ROOM) -> bool:
    """Tell the next owners who are due, each once whoever else runs this.

    Args:
        ctx: The context.
        room: How many digests may wait to be sent.

    Returns:
        Whether there may be more; if so, it's worth calling again at once.
    """
    with locks.alone(ctx.db, locks.NOTIFYING) as is_alone:
        if not is_alone:
            return False
        # Of two processes the slower may commit last: what is that new is told next time.
        until = _second(ctx.now) - SLOWEST_COMMIT
        with ctx.reading():
            limit = min(BATCH, room - outbox.bulk_waiting(ctx))
            due = due_digests.due(ctx, until, limit) if limit > 0 else []
        written = [(each, _letter(ctx, each)) for each in due]
        if written:
            with ctx.writing():
                moved = [letter for each, letter in written if _moved(ctx, each, until)]
                outbox.post_bulk(ctx, [letter for letter in moved if letter is not None])
        return limit > 0 and len(due) == limit


def _second(moment: datetime) -> datetime:
    """Return a moment's whole second, as times of messages are."""
    return moment.replace(microsecond=0)


def _hour(value: object) -> int:
    known = {each: hour for hour in digest_times.HOURS for each in (hour, str(hour))}
    if type(value) not in (str, int) or value not in known:
        raise InvalidDigest
    return known[value]


def _letter(ctx: Context, due: DueDigest) -> Letter | None:
    """Write to an owner; None if there's nothing to tell, nobody to tell it to, or it's quiet."""
    if not due.count or not due.is_there or due.next_at > ctx.now or due.quiet_until(ctx.now):
        return None
    return letters.new_messages(
        to=due.email,
        username=due.username,
        count=due.count,
        inbox_url=addresses.link(ctx.settings.site, addresses.DASHBOARD),
        stop_url=unsubscribe_links.link(ctx, person_id=due.person_id),
    )


def _moved(ctx: Context, due: DueDigest, until: datetime) -> bool:
    """Say when an owner may be told next, if everything is still as it was read."""
    until = max(until, due.told_until) if due.told_until <= ctx.now else _second(ctx.now)
    next_at = digest_times.next_time(due.frequency, hour=due.hour, zone=due.time_zone, now=ctx.now)
    if quiet_until := due.quiet_until(ctx.now):
        # What is new by then is told then.
        next_at, until = quiet_until, min(due.told_until, _second(ctx.now))
    values: dict[str, object] = {
        "whose": due.person_id,
        "address": due.email,
        "how_often": due.frequency,
        "was_next": due.next_at,
        "was_told": due.told_until,
        "next_at": next_at,
        "told_until": until,
    }
    return ctx.db.connection().execute(_MOVE, values).rowcount == 1
