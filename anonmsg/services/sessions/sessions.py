"""Browsers: where an owner is signed in, and how to end it there."""

from __future__ import annotations

from sqlmodel import col, update

from anonmsg import live, rules
from anonmsg.context import Context
from anonmsg.models import SignIn
from anonmsg.public import Browser
from anonmsg.services import living
from anonmsg.services.sessions import sign_ins


def signed_in(ctx: Context, *, owner_id: str, sign_in_id: str) -> list[Browser]:
    """Every browser that is signed in, this one first, then the last used.

    A day is all that is told of when it was used: the hour is nobody's business.
    """
    with ctx.reading() as db:
        rows = db.exec(
            living.sign_ins(ctx, SignIn.person_id == owner_id).order_by(
                col(SignIn.rotated_at).desc()
            )
        ).all()
    rows = sorted(rows, key=lambda row: row.id != sign_in_id)
    return [
        Browser(row.id, row.label, row.rotated_at.date().isoformat(), row.id == sign_in_id)
        for row in rows
    ]


def end(ctx: Context, *, owner_id: str, browser_id: object) -> None:
    """Sign one browser out; one that is not the owner's, or gone, changes nothing."""
    with ctx.writing() as db:
        db.exec(
            update(SignIn)
            .where(
                col(SignIn.id) == rules.text(browser_id),
                col(SignIn.person_id) == owner_id,
                col(SignIn.ended_at).is_(None),
            )
            .values(ended_at=ctx.now)
        )
    ctx.announce(live.sign_ins_of(owner_id))


def end_others(ctx: Context, *, owner_id: str, sign_in_id: str) -> None:
    """Sign every browser out but the one that asks."""
    with ctx.writing():
        sign_ins.end_all(ctx, person_id=owner_id, but=sign_in_id)
