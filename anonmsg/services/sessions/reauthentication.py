"""Reauthentication: critical actions ask for the password again after five minutes.

Someone who sits down at a browser that was left open therefore can't take the account away.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import col, update

from anonmsg import rules
from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import IncorrectPassword, NotSignedIn, ReauthenticationNeeded
from anonmsg.runtime.context import Context
from anonmsg.services import counters
from anonmsg.services.sessions import sessions

RECENT_FOR = timedelta(minutes=5)
TRIES = 5
TRIES_PERIOD = timedelta(minutes=15)


def require(
    ctx: Context, *, owner_id: str, session_id: str, password: object, always: bool = False
) -> None:
    """Require a recent password check, or a password now.

    Call it outside any transaction: comparing takes a quarter of a second. The calling
    use case runs in the hashing pool, and calls `hold` in the transaction that acts.

    Args:
        ctx: The context.
        owner_id: Who asks.
        session_id: The session that asks.
        password: As typed; empty if the owner hasn't been asked for it yet.
        always: Whether to require the password however recent the last check is.

    Raises:
        ReauthenticationNeeded: the last password check is too old, and no password was given.
        IncorrectPassword: the password is wrong.
        TooManyAttempts: there were five wrong passwords within 15 minutes.
        NotSignedIn: the account or the session is gone.
    """
    # Each of these forms takes time to judge, whatever is typed into it.
    ctx.rate_limits.spend("password_form", owner_id)
    fits, typed = ctx.passwords.fits, rules.password(password)
    with ctx.reading() as db:
        row = db.exec(_theirs(ctx, owner_id, session_id)).first()
        person = db.get(Person, owner_id)
    if row is None or person is None:
        raise NotSignedIn
    if not typed and not always and _is_fresh(ctx, row):
        return
    if not typed:
        raise ReauthenticationNeeded
    # Count before comparing, so that only five of a hundred simultaneous attempts are compared.
    with ctx.writing():
        counters.spend(ctx, "proof", owner_id, limit=TRIES, period=TRIES_PERIOD)
    if not fits(typed, person.password_hash):
        raise IncorrectPassword
    with ctx.writing() as db:
        counters.forget(ctx, "proof", owner_id)
        db.exec(
            update(SignInSession)
            .where(col(SignInSession.id) == session_id)
            .values(proved_at=ctx.now)
        )


def require_live_session(ctx: Context, *, owner_id: str, session_id: str) -> None:
    """Require that the session is still alive, within the transaction that acts.

    A password reset or change elsewhere may have ended it while the password was being
    compared or the use case was waiting its turn.

    Raises:
        NotSignedIn: the session has ended.
    """
    if (
        ctx.db.exec(_theirs(ctx, owner_id, session_id).with_for_update(of=SignInSession)).first()
        is None
    ):
        raise NotSignedIn


def _theirs(ctx: Context, owner_id: str, session_id: str) -> Any:
    return sessions.alive(ctx, SignInSession.id == session_id, SignInSession.person_id == owner_id)


def _is_fresh(ctx: Context, row: SignInSession) -> bool:
    return row.proved_at is not None and row.proved_at + RECENT_FOR > ctx.now
