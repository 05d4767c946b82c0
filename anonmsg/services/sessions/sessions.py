"""Sessions: the browsers in which an owner is signed in.

A session is a row; its two tokens only point to it (see `token_pairs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select, update

from anonmsg import rules
from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import AccountLeaving, NotSignedIn
from anonmsg.locale import _, ngettext
from anonmsg.public import BrowserSession
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, proved by a live session row.

    `leaves_at` is when their account will be deleted, if they asked for that.
    """

    owner_id: str
    username: str
    session_id: str
    leaves_at: datetime | None = None


def alive(ctx: Context, *only: Any) -> Any:
    """Return a query for the sessions that are alive now.

    Args:
        ctx: The context.
        *only: Further conditions on `SignInSession`.
    """
    return (
        select(SignInSession)
        .join(Person, col(Person.id) == col(SignInSession.person_id))
        .where(
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.expires_at) > ctx.now,
            col(Person.banned_at).is_(None),
            *only,
        )
    )


def find_alive(ctx: Context, session_id: str) -> SignInSession | None:
    """Return the session with this id if it is alive, within a transaction."""
    found: SignInSession | None = ctx.db.exec(
        alive(ctx, col(SignInSession.id) == session_id)
    ).first()
    return found


def current(ctx: Context, *, session_id: str) -> SignedIn:
    """Return the owner who is signed in through a session that is alive now.

    Raises:
        NotSignedIn: the row is gone, ended or expired, or the person is banned.
        AccountLeaving: their account is about to be deleted; see `anyone`.
    """
    who = anyone(ctx, session_id=session_id)
    if who.leaves_at is not None:
        raise AccountLeaving
    return who


def anyone(ctx: Context, *, session_id: str) -> SignedIn:
    """Return who is signed in, even if their account is about to be deleted.

    Raises:
        NotSignedIn: the row is gone, ended or expired, or the person is banned.
    """
    with ctx.reading() as db:
        row = find_alive(ctx, session_id)
        person = db.get(Person, row.person_id) if row else None
    if person is None:
        raise NotSignedIn
    return SignedIn(person.id, person.username, session_id, person.leaves_at)


def sign_out(ctx: Context, *, session_id: str) -> None:
    """End a session; each of its tabs is signed out at its next event."""
    with ctx.writing() as db:
        db.exec(
            update(SignInSession)
            .where(col(SignInSession.id) == session_id, col(SignInSession.ended_at).is_(None))
            .values(ended_at=ctx.now)
        )
        row = db.get(SignInSession, session_id)
    if row is not None:
        ctx.announce(topics.sessions_of(row.person_id))


def end_all(ctx: Context, *, person_id: str, but: str = "") -> None:
    """End all of a person's sessions, within the caller's transaction.

    Args:
        ctx: Within a writing transaction.
        person_id: Whose sessions.
        but: The session that stays, if any.
    """
    ctx.db.exec(
        update(SignInSession)
        .where(
            col(SignInSession.person_id) == person_id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.id) != but,
        )
        .values(ended_at=ctx.now)
    )
    ctx.announce(topics.sessions_of(person_id))


def list_active(ctx: Context, *, owner_id: str, session_id: str) -> list[BrowserSession]:
    """List the signed-in browsers, this one first, then the last used.

    Only the day of the last use is shown: the hour is nobody's business.
    """
    with ctx.reading() as db:
        rows = db.exec(
            alive(ctx, SignInSession.person_id == owner_id).order_by(
                col(SignInSession.rotated_at).desc()
            )
        ).all()
    rows = sorted(rows, key=lambda row: row.id != session_id)
    today = ctx.now.date()
    return [
        BrowserSession(
            row.id,
            row.label,
            row.rotated_at.date().isoformat(),
            _last_used(today - row.rotated_at.date()),
            row.id == session_id,
        )
        for row in rows
    ]


def _last_used(ago: timedelta) -> str:
    """Return how many days ago a browser was last used, in words."""
    if ago.days <= 0:
        return _("Last used today")
    if ago.days == 1:
        return _("Last used yesterday")
    return ngettext("Last used {n} day ago", "Last used {n} days ago", ago.days).format(n=ago.days)


def end(ctx: Context, *, owner_id: str, session_id: object) -> None:
    """Sign one browser out; nothing happens if it is gone or isn't the owner's."""
    with ctx.writing() as db:
        db.exec(
            update(SignInSession)
            .where(
                col(SignInSession.id) == rules.text(session_id),
                col(SignInSession.person_id) == owner_id,
                col(SignInSession.ended_at).is_(None),
            )
            .values(ended_at=ctx.now)
        )
    ctx.announce(topics.sessions_of(owner_id))


def end_others(ctx: Context, *, owner_id: str, session_id: str) -> None:
    """Sign out every browser but the one that asks."""
    with ctx.writing():
        end_all(ctx, person_id=owner_id, but=session_id)
