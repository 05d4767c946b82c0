"""Whether the database works."""

from __future__ import annotations

from sqlmodel import col, select

from anonmsg.database.tables import Fact
from anonmsg.runtime.context import Context


def check(ctx: Context) -> None:
    """Read something in a transaction that could also write; raise whatever is wrong."""
    with ctx.writing() as db:
        db.exec(select(col(Fact.name)).limit(1)).first()
