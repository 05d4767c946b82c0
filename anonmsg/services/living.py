"""Which sign-ins are alive: not ended, not expired, and of nobody who is banned."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from anonmsg.context import Context
from anonmsg.models import Person, SignIn


def sign_ins(ctx: Context, *only: Any) -> Any:
    """A query for those that are alive at this moment.

    Args:
        ctx: The context.
        *only: Whose or which, as conditions on `SignIn`.
    """
    return (
        select(SignIn)
        .join(Person, col(Person.id) == col(SignIn.person_id))
        .where(
            col(SignIn.ended_at).is_(None),
            col(SignIn.expires_at) > ctx.now,
            col(Person.banned_at).is_(None),
            *only,
        )
    )


def sign_in(ctx: Context, sign_in_id: str) -> SignIn | None:
    """The one with this id, within a transaction, if it is alive."""
    found: SignIn | None = ctx.db.exec(sign_ins(ctx, col(SignIn.id) == sign_in_id)).first()
    return found
