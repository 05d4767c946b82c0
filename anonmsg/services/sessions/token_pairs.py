"""A session's two tokens: issued, read and exchanged.

Refresh tokens rotate: each use makes the next generation. The predecessor works until
its successor has been used, for a minute at most, because two tabs may refresh at once
and an answer may be lost. The replay of an older one means that somebody has a copy,
and ends the whole family.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, update

from anonmsg import addresses
from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import NotSignedIn
from anonmsg.mail import letters
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.tokens import REFRESH_LIVES, SIGN_IN_LIVES, BadToken, RefreshClaims
from anonmsg.services import outbox
from anonmsg.services.sessions import sessions

PREDECESSOR_LIVES = timedelta(seconds=60)


@dataclass(frozen=True)
class TokenPair:
    """A session's two tokens, and how long the refresh token may be kept.

    A sign-in also says what the browser keeps to be known next time (`known_browsers`).
    """

    access: str
    refresh: str
    refresh_lives: timedelta
    known_browser: str = ""


def id_from_tokens(ctx: Context, *, access: str, refresh: str) -> str:
    """Return the id of the live session that one of a browser's tokens proves.

    Nothing is rotated: a socket's handshake can't set the successor's cookie.

    Returns:
        The session's id; empty if nobody is signed in.
    """
    session_id = _id_in_access(ctx, access)
    with ctx.reading():
        if session_id:
            return session_id if sessions.find_alive(ctx, session_id) else ""
        try:
            claims = _refresh_claims(ctx, refresh)
        except NotSignedIn:
            return ""
        row = sessions.find_alive(ctx, claims.session_id)
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
        row = sessions.find_alive(ctx, claims.session_id)
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
