"""Whether the database works."""

from __future__ import annotations

from sqlmodel import col, select

from anonmsg.database.tables import SignInSession
from anonmsg.runtime.context import Context


def check(ctx: Context) -> None:
    """Read what each event of an owner needs, and could write; raise whatever is wrong."""
    with ctx.writing() as db:
        db.exec(select(col(SignInSession.id)).limit(1)).first()
