"""Who holds a username: one row a name, taken by one conditional statement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, delete, select, update

from anonmsg.database.engine import insert
from anonmsg.database.tables import HeldUsername
from anonmsg.errors import UsernameTaken
from anonmsg.runtime.context import Context


def is_free(ctx: Context, key: str, *, for_sign_up: str = "") -> bool:
    """Whether a username may be had now; one's own hold does not count."""
    held = select(HeldUsername).where(
        HeldUsername.username_key == key,
        or_(
            and_(col(HeldUsername.person_id).is_not(None), col(HeldUsername.held_until).is_(None)),
            and_(
                col(HeldUsername.held_until) > ctx.now,
                or_(
                    col(HeldUsername.person_id).is_not(None),
                    col(HeldUsername.sign_up_id) != for_sign_up,
                ),
            ),
        ),
    )
    return ctx.db.exec(held).first() is None


def hold(ctx: Context, key: str, *, sign_up_id: str, until: datetime) -> None:
    """Hold a username for a sign-up, as long as its code lives.

    Raises:
        UsernameTaken: a person has it, or another sign-up that is alive.
    """
    _claim(ctx, key, sign_up_id=sign_up_id, person_id=None, until=until)


def give(ctx: Context, key: str, *, sign_up_id: str, person_id: str) -> None:
    """Make a username a person's own.

    Raises:
        UsernameTaken: somebody else has it or holds it.
    """
    _claim(ctx, key, sign_up_id=sign_up_id, person_id=person_id, until=None)


def move(ctx: Context, key: str, *, person_id: str, leads_until: datetime) -> None:
    """Make another username a person's own; the ones they had lead to it for a time.

    One that they gave up lately is still theirs, so they can go back to it.

    Raises:
        UsernameTaken: somebody else has it or holds it.
    """
    ctx.db.exec(
        update(HeldUsername)
        .where(col(HeldUsername.person_id) == person_id, col(HeldUsername.held_until).is_(None))
        .values(held_until=leads_until)
    )
    values = {"person_id": person_id, "sign_up_id": None, "held_until": None}
    statement = insert(ctx.db, HeldUsername).values(username_key=key, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["username_key"],
        set_=values,
        where=or_(
            col(HeldUsername.person_id) == person_id, col(HeldUsername.held_until) <= ctx.now
        ),
    )
    if ctx.db.connection().execute(statement).rowcount != 1:
        raise UsernameTaken


def led_to(ctx: Context, key: str) -> str:
    """The id of the person that a given-up username still leads to, or nothing."""
    found = select(HeldUsername.person_id).where(
        HeldUsername.username_key == key, col(HeldUsername.held_until) > ctx.now
    )
    return ctx.db.exec(found).first() or ""


def extend(ctx: Context, *, sign_up_id: str, until: datetime) -> None:
    """Hold a sign-up's username longer, where it still holds one."""
    ctx.db.exec(
        update(HeldUsername)
        .where(col(HeldUsername.sign_up_id) == sign_up_id, col(HeldUsername.person_id).is_(None))
        .values(held_until=until)
    )


def release(ctx: Context, *, sign_up_id: str) -> None:
    """Let go of what a sign-up held."""
    ctx.db.exec(
        delete(HeldUsername).where(
            col(HeldUsername.sign_up_id) == sign_up_id, col(HeldUsername.person_id).is_(None)
        )
    )


def _claim(
    ctx: Context, key: str, *, sign_up_id: str, person_id: str | None, until: datetime | None
) -> None:
    values = {"person_id": person_id, "sign_up_id": sign_up_id, "held_until": until}
    statement = insert(ctx.db, HeldUsername).values(username_key=key, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["username_key"],
        set_=values,
        where=or_(
            col(HeldUsername.held_until) <= ctx.now,
            and_(col(HeldUsername.person_id).is_(None), col(HeldUsername.sign_up_id) == sign_up_id),
        ),
    )
    if ctx.db.connection().execute(statement).rowcount != 1:
        raise UsernameTaken
