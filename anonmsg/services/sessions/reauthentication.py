"""Proofs: what matters most asks for the password again after five minutes.

A browser that was left open can so not be used by whoever sits down at it to
take the account away.
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

PROOF_LIVES = timedelta(minutes=5)
TRIES = 5
TRIES_PERIOD = timedelta(minutes=15)


def need(
    ctx: Context, *, owner_id: str, session_id: str, password: object, always: bool = False
) -> None:
    """Let an owner go on whose password was asked for lately, or is given now.

    Outside any transaction: comparing takes a quarter of a second. The use
    case that calls it runs in the hashing pool, and calls `hold` in
    the transaction that acts.

    Args:
        ctx: The context.
        owner_id: Who asks.
        session_id: In which browser.
        password: As typed; nothing where it was not asked for yet.
        always: Whether it is asked for however fresh the last proof is.

    Raises:
        ReauthenticationNeeded: the last proof is too old, and no password came.
        IncorrectPassword: not the password.
        TooManyAttempts: five wrong ones within a quarter of an hour.
        NotSignedIn: the account or the sign-in is gone.
    """
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
    # Counted before it is compared, so that a hundred at once compare five.
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


def hold(ctx: Context, *, owner_id: str, session_id: str) -> None:
    """Make sure that whoever was let go on is still signed in, within the transaction that acts.

    A reset, or a password changed elsewhere, may have ended the sign-in while
    the password was compared or the use case waited for its turn.

    Raises:
        NotSignedIn: the sign-in has ended.
    """
    if (
        ctx.db.exec(_theirs(ctx, owner_id, session_id).with_for_update(of=SignInSession)).first()
        is None
    ):
        raise NotSignedIn


def _theirs(ctx: Context, owner_id: str, session_id: str) -> Any:
    return sessions.alive(ctx, SignInSession.id == session_id, SignInSession.person_id == owner_id)


def _is_fresh(ctx: Context, row: SignInSession) -> bool:
    return row.proved_at is not None and row.proved_at + PROOF_LIVES > ctx.now
