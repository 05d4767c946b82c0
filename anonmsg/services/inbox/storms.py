"""Storms: more messages in a minute than an owner wants are held until they decide.

None is refused: else anyone could close anyone's inbox by filling it. The owner is told how
many are held, and has them delivered, as their senders were told, or deleted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, true
from sqlmodel import col, delete, func, select, update

from anonmsg.database.tables import HeldMessage, Person
from anonmsg.errors import InvalidBrake, NotSignedIn
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context

OFF = 0
# Messages a minute; each has its line in `LIMITS`.
CHOICES = (OFF, 5, 10, 30)
# Nobody needs to know exactly how many more there are.
MOST_COUNTED = 1000
# How many are deleted in one transaction.
BATCH = 1000


def brake_of(ctx: Context, *, owner_id: str) -> int:
    """Return from how many messages a minute on more are held; 0 if none are.

    Raises:
        NotSignedIn: the account is gone.
    """
    with ctx.reading() as db:
        found = db.exec(select(Person.storm_at).where(Person.id == owner_id)).first()
    if found is None:
        raise NotSignedIn
    return found


def choose_brake(ctx: Context, *, owner_id: str, at: object) -> None:
    """Hold what comes beyond so many messages a minute from now on.

    Args:
        ctx: The context.
        owner_id: Whose messages.
        at: One of `CHOICES`, as a number or as typed.

    Raises:
        InvalidBrake: it's none of them.
        NotSignedIn: the account is gone.
    """
    typed = str(at) if type(at) in (str, int) else ""
    wanted = {str(each): each for each in CHOICES}.get(typed)
    if wanted is None:
        raise InvalidBrake
    with ctx.writing() as db:
        mine = update(Person).where(col(Person.id) == owner_id)
        if db.exec(mine.values(storm_at=wanted)).rowcount != 1:
            raise NotSignedIn


def held(ctx: Context, *, owner_id: str) -> int:
    """Return how many messages are held, counted up to 1,000."""
    some = select(HeldMessage.id).where(*_theirs(owner_id)).limit(MOST_COUNTED).subquery()
    with ctx.reading() as db:
        return db.exec(select(func.count()).select_from(some)).one()


def release(ctx: Context, *, owner_id: str) -> None:
    """Deliver what is held, as its senders were told: at once, or with the next delivery."""
    freed = update(HeldMessage).where(*_theirs(owner_id)).values(in_storm=False)
    with ctx.writing() as db:
        db.connection().execute(freed)
    ctx.announce(topics.storm_of(owner_id))


def discard(ctx: Context, *, owner_id: str) -> None:
    """Delete what is held for good."""
    some = select(HeldMessage.id).where(*_theirs(owner_id)).limit(BATCH)
    gone: Any = delete(HeldMessage).where(col(HeldMessage.id).in_(some))
    is_more = True
    while is_more:
        with ctx.writing() as db:
            is_more = db.connection().execute(gone).rowcount == BATCH
    ctx.announce(topics.storm_of(owner_id))


def _theirs(owner_id: str) -> tuple[ColumnElement[bool], ...]:
    # Compared as in the partial index, which SQLite doesn't use otherwise.
    return col(HeldMessage.person_id) == owner_id, col(HeldMessage.in_storm) == true()
