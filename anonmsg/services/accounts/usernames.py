"""Usernames: one row per name, claimed by one conditional statement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, delete, select, update

from anonmsg.database.engine import insert, took
from anonmsg.database.tables import HeldUsername
from anonmsg.errors import UsernameTaken
from anonmsg.runtime.context import Context


def is_free(ctx: Context, key: str, *, for_sign_up: str = "", for_person: str = "") -> bool:
    """Return whether a username is available.

    Args:
        ctx: The context.
        key: The username's key.
        for_sign_up: A sign-up whose own hold doesn't count.
        for_person: A person whose own names, former ones too, don't count.
    """
    held = select(HeldUsername).where(
        HeldUsername.username_key == key,
        or_(col(HeldUsername.person_id).is_(None), col(HeldUsername.person_id) != for_person),
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
    """Hold a username for a sign-up while its code is valid.

    Raises:
        UsernameTaken: a person has it, or another active sign-up holds it.
    """
    _claim(ctx, key, sign_up_id=sign_up_id, person_id=None, until=until)


def give(ctx: Context, key: str, *, sign_up_id: str, person_id: str) -> None:
    """Give a username to a person.

    Raises:
        UsernameTaken: somebody else has it or holds it.
    """
    _claim(ctx, key, sign_up_id=sign_up_id, person_id=person_id, until=None)


def move(ctx: Context, key: str, *, person_id: str, redirects_until: datetime) -> None:
    """Give a person another username; the ones they had lead to it for a while.

    A name that they gave up recently is still theirs, so they can go back to it.

    Raises:
        UsernameTaken: somebody else has it or holds it.
    """
    ctx.db.exec(
        update(HeldUsername)
        .where(col(HeldUsername.person_id) == person_id, col(HeldUsername.held_until).is_(None))
        .values(held_until=redirects_until)
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
    if not took(ctx.db, statement):
        raise UsernameTaken


def extend(ctx: Context, *, sign_up_id: str, until: datetime) -> None:
    """Extend a sign-up's hold on its username, if it still has one."""
    ctx.db.exec(
        update(HeldUsername)
        .where(col(HeldUsername.sign_up_id) == sign_up_id, col(HeldUsername.person_id).is_(None))
        .values(held_until=until)
    )


def release(ctx: Context, *, sign_up_id: str) -> None:
    """Release the username that a sign-up holds."""
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
    if not took(ctx.db, statement):
        raise UsernameTaken
