"""Sessions: the browsers in which an owner is signed in.

A session is a row; its two tokens only point to it. Refresh tokens rotate: each use
makes the next generation. The predecessor works until its successor has been used, for
a minute at most, because two tabs may refresh at once and an answer may be lost. The
replay of an older one means that somebody has a copy, and ends the whole family.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select, update

from anonmsg import addresses, rules
from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import AccountLeaving, NotSignedIn
from anonmsg.mail import letters
from anonmsg.public import BrowserSession
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.tokens import REFRESH_LIVES, SIGN_IN_LIVES, BadToken, RefreshClaims
from anonmsg.services import outbox

PREDECESSOR_LIVES = timedelta(seconds=60)


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, proved by a live session row.

    `leaves_at` is when their account will be deleted, if they asked for that.
    """

    owner_id: str
    username: str
    session_id: str
    leaves_at: datetime | None = None


@dataclass(frozen=True)
class TokenPair:
    """A session's two tokens, and how long the refresh token may be kept."""

    access: str
    refresh: str
    refresh_lives: timedelta


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


def id_from_tokens(ctx: Context, *, access: str, refresh: str) -> str:
    """Return the id of the live session that one of a browser's tokens proves.

    Nothing is rotated: a socket's handshake can't set the successor's cookie.

    Returns:
        The session's id; empty if nobody is signed in.
    """
    session_id = _id_in_access(ctx, access)
    with ctx.reading():
        if session_id:
            return session_id if find_alive(ctx, session_id) else ""
        try:
            claims = _refresh_claims(ctx, refresh)
        except NotSignedIn:
            return ""
        row = find_alive(ctx, claims.session_id)
    if row is None:
        return ""
    current = row.generation == claims.generation or _is_predecessor(ctx, row, claims)
    return row.id if current else ""


def refresh(ctx: Context, *, token: str) -> TokenPair:
    """Exchange a refresh token for the next pair.

    Raises:
        NotSignedIn: it belongs to no live session. Replaying an old token ends its session.
    """
    claims = _refresh_claims(ctx, token)
    with ctx.writing() as db:
        row = find_alive(ctx, claims.session_id)
        if row is None:
            raise NotSignedIn
        expires_at = min(ctx.now + REFRESH_LIVES, row.created_at + SIGN_IN_LIVES)
        rotated = db.exec(
            update(SignInSession)
            .where(
                col(SignInSession.id) == row.id, col(SignInSession.generation) == claims.generation
            )
            .values(generation=claims.generation + 1, rotated_at=ctx.now, expires_at=expires_at)
        )
        if rotated.rowcount == 1:
            return issue(ctx, row, claims.generation + 1)
        db.refresh(row)
        replayed = not _is_predecessor(ctx, row, claims)
        if replayed:
            _end_family(ctx, row)
    if replayed:
        raise NotSignedIn
    return issue(ctx, row, row.generation)


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
    return [
        BrowserSession(row.id, row.label, row.rotated_at.date().isoformat(), row.id == session_id)
        for row in rows
    ]


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


def issue(ctx: Context, row: SignInSession, generation: int) -> TokenPair:
    """Issue the two tokens of a session's generation, until the session ends."""
    lives = min(REFRESH_LIVES, row.created_at + SIGN_IN_LIVES - ctx.now)
    tokens = ctx.keyring.tokens
    return TokenPair(
        tokens.issue_access(session_id=row.id, now=ctx.now),
        tokens.issue_refresh(
            session_id=row.id, generation=generation, now=ctx.now, expires_at=ctx.now + lives
        ),
        lives,
    )


def _refresh_claims(ctx: Context, token: str) -> RefreshClaims:
    """Return the claims of a refresh token.

    Raises:
        NotSignedIn: it isn't one of ours, or it has expired.
    """
    try:
        return ctx.keyring.tokens.read_refresh(token, now=ctx.now)
    except BadToken:
        raise NotSignedIn from None


def _id_in_access(ctx: Context, token: str) -> str:
    """Return the session id in an access token; empty if the token is bad."""
    try:
        return ctx.keyring.tokens.read_access(token, now=ctx.now)
    except BadToken:
        return ""


def _is_predecessor(ctx: Context, row: SignInSession, claims: RefreshClaims) -> bool:
    young = row.rotated_at + PREDECESSOR_LIVES > ctx.now
    return young and row.generation == claims.generation + 1


def _end_family(ctx: Context, row: SignInSession) -> None:
    ctx.db.exec(
        update(SignInSession).where(col(SignInSession.id) == row.id).values(ended_at=ctx.now)
    )
    ctx.announce(topics.sessions_of(row.person_id))
    person = ctx.db.get(Person, row.person_id)
    if person is not None:
        letter = letters.refresh_reuse(
            to=person.email,
            username=person.username,
            sign_in_url=addresses.link(ctx.settings.site, addresses.SIGN_IN),
        )
        outbox.post(ctx, letter)
