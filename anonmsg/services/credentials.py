"""Credentials: whom a typed name or address and a password belong to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from anonmsg import rules
from anonmsg.context import Context
from anonmsg.errors import IncorrectPassword, UserNotFound
from anonmsg.models import Person, SignUp
from anonmsg.services import sign_ups

# A person and a sign-up that waits, or two that wait: what an address may have.
COMPARED_BY_EMAIL = 2


@dataclass(frozen=True)
class Named:
    """What a username or an address may stand for, and the key of its failures."""

    is_address: bool
    account: str
    rows: tuple[Person | SignUp, ...]


def person_named(ctx: Context, named: object) -> Person | None:
    """The person of a username or an e-mail address, within a transaction."""
    typed = rules.text(named).strip()
    if "@" in typed:
        mine = Person.email_key == sign_ups.email_key(typed)
    else:
        mine = Person.username_key == rules.username_key(typed)
    return ctx.db.exec(select(Person).where(mine)).first()


def look_up(ctx: Context, identifier: object) -> Named:
    """Whose password may be meant: that of a person, or of sign-ups that wait.

    Raises:
        UserNotFound: it is a username, and nobody has it.
    """
    typed = rules.text(identifier).strip()
    with ctx.reading():
        person = person_named(ctx, typed)
        waiting = sign_ups.newest_of(ctx, typed, limit=COMPARED_BY_EMAIL)
    if person is not None and person.banned_at:
        person = None
    is_address = "@" in typed
    if person is None and not waiting and not is_address:
        raise UserNotFound
    rows: list[Person | SignUp] = [person, *waiting] if person else [*waiting]
    return Named(is_address, _account(ctx, typed, person, waiting), tuple(rows))


def whose(ctx: Context, named: Named, password: object) -> Person | SignUp:
    """The first row whose password fits.

    By address it always compares as many, so that time does not tell whether
    an address has an account, a sign-up that waits, or neither.

    Raises:
        IncorrectPassword: it fits none.
    """
    typed, fits = rules.password(password), ctx.vault.passwords.fits
    compared: list[Person | SignUp | None] = list(named.rows[:COMPARED_BY_EMAIL])
    if named.is_address:
        compared += [None] * (COMPARED_BY_EMAIL - len(compared))
    right = [row for row in compared if fits(typed, row.password_hash if row else None)]
    if not right or right[0] is None:
        raise IncorrectPassword
    return right[0]


def _account(ctx: Context, named: str, person: Person | None, waiting: list[SignUp]) -> str:
    """The key of an account's failures, however its owner is written."""
    if person is not None:
        return person.id
    same = waiting[0].email_key if waiting else sign_ups.email_key(named) or named
    return ctx.vault.digests.of("account", same)
