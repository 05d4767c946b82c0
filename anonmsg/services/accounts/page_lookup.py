"""The look-up behind each opening of a public page: one indexed read, always the same.

On SQLite it runs where it's called, without a thread or a session, because those would
cost ten times the read.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlmodel import col

from anonmsg.database.columns import as_utc
from anonmsg.database.reader import Reader
from anonmsg.database.tables import HeldUsername, Person, UTCDateTime
from anonmsg.public import PublicPage
from anonmsg.services.inbox import pauses
from anonmsg.services.inbox.schedules import SCHEDULE, Schedule

# Which names lead to a page at the time `now`. A person's current username is held
# without an end, a former one for a while, and a sign-up's has no person to join.
_held_until = col(HeldUsername.held_until)
LEADS_TO_A_PAGE = (
    or_(_held_until.is_(None), _held_until > bindparam("now", type_=UTCDateTime())),
    col(Person.banned_at).is_(None),
    col(Person.leaves_at).is_(None),
)
QUERY = (
    select(
        col(Person.username),
        col(Person.accepts_messages),
        col(Person.display_name),
        col(Person.bio),
        col(Person.prompt),
        col(Person.paused_until),
        *SCHEDULE,
    )
    .join(HeldUsername, col(HeldUsername.person_id) == col(Person.id))
    .where(col(HeldUsername.username_key) == bindparam("key"), *LEADS_TO_A_PAGE)
)


def page(reader: Reader, now: datetime, key: str) -> PublicPage | None:
    """Return what anyone may know about an inbox, or None if there is no such page.

    Unknown, unverified, deleted and banned people all look alike. A username that was
    given up recently leads to its owner.

    Args:
        reader: Reads one row of the database.
        now: The current time.
        key: The username's key; an empty one is nobody's.
    """
    row = reader.row(QUERY, {"key": key, "now": now})
    if row is None:
        return None
    username, accepts_messages, display_name, bio, prompt, until, *delivery = row
    paused_until = as_utc(until)
    reopens = ""
    if accepts_messages and paused_until is not None and pauses.is_on(paused_until, now):
        reopens = pauses.reopens(paused_until, delivery[-1])
    is_open = bool(accepts_messages) and not reopens
    said = Schedule(*delivery).in_words(display_name or username, now)
    return PublicPage(username, is_open, display_name, bio, prompt, reopens, said)
