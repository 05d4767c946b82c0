"""The secret that a person shares with their authenticator app, sealed in their row."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlmodel import col, select, update

from anonmsg.database.tables import Person
from anonmsg.errors import TwoFactorChanged
from anonmsg.runtime.context import Context
from anonmsg.security import totp
from anonmsg.security.seals import BrokenSeal

IS_ON = col(Person.totp_on_at).is_not(None)


def use_code(ctx: Context, person_id: str, typed: str) -> bool:
    """Use up an app code: neither it nor an older one works again (RFC 6238, 5.2)."""
    person = ctx.db.get(Person, person_id)
    if person is None or person.totp_on_at is None:
        return False
    secret = _opened(ctx, person, bound_to=in_use(person_id))
    step = totp.step_of(typed, secret=secret, now=ctx.now)
    if step is None:
        return False
    newer = update(Person).where(col(Person.id) == person_id, IS_ON, col(Person.totp_step) < step)
    return ctx.db.exec(newer.values(totp_step=step)).rowcount == 1


def begun(ctx: Context, person: Person, session_id: str) -> str:
    """Return the secret that this browser has begun to set up.

    Raises:
        TwoFactorChanged: it has begun none, or another one has since.
    """
    try:
        return _opened(ctx, person, bound_to=in_one_browser(person.id, session_id))
    except BrokenSeal:
        raise TwoFactorChanged from None


def _opened(ctx: Context, person: Person, *, bound_to: str) -> str:
    return ctx.keyring.seal.open(person.totp_sealed or b"", bound_to=bound_to).decode()


def in_one_browser(person_id: str, session_id: str) -> str:
    """Return what a secret is bound to while one browser sets it up."""
    return f"second factor of {person_id} begun by {session_id}"


def in_use(person_id: str) -> str:
    """Return what a secret is bound to once it's asked for at sign-in."""
    return f"second factor of {person_id}"


def change(ctx: Context, person_id: str, only_if: Any, **values: Any) -> None:
    """Change a person's columns, within the caller's transaction.

    Raises:
        TwoFactorChanged: the condition no longer holds.
    """
    changed = ctx.db.exec(
        update(Person).where(col(Person.id) == person_id, only_if).values(**values)
    )
    if changed.rowcount != 1:
        raise TwoFactorChanged


def reseal(ctx: Context) -> None:
    """Reseal the secrets in use under the current PEPPER, within the caller's transaction.

    A secret that is still being set up is left alone: the pepper that sealed it still
    opens it, or its owner starts the setup again.
    """
    for person in ctx.db.exec(select(Person).where(IS_ON)).all():
        bound_to = in_use(person.id)
        with suppress(BrokenSeal):
            secret = _opened(ctx, person, bound_to=bound_to)
            sealed = ctx.keyring.seal.close(secret.encode(), bound_to=bound_to)
            change(ctx, person.id, IS_ON, totp_sealed=sealed)
