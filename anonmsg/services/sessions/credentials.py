"""Credentials: whom a typed name or address and a password belong to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from anonmsg import rules
from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import IncorrectPassword, UserNotFound
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import sign_ups


@dataclass(frozen=True)
class Named:
    """What a username or an address may stand for, and the key of its failures."""

    is_address: bool
    account: str
    person: Person | None
    waiting: SignUp | None


def person_named(ctx: Context, named: object) -> Person | None:
    """The person of a username or an e-mail address, within a transaction."""
    typed = rules.text(named).strip()
    if "@" in typed:
        mine = Person.email_key == sign_ups.email_key(typed)
    else:
        mine = Person.username_key == rules.username_key(typed)
    return ctx.db.exec(select(Person).where(mine)).first()


def look_up(ctx: Context, identifier: object) -> Named:
    """Whose password may be meant: a person's, or that of the newest sign-up that waits.

    Raises:
        UserNotFound: it is a username, and nobody has it.
    """
    typed = rules.text(identifier).strip()
    with ctx.reading():
        person = person_named(ctx, typed)
        waiting = sign_ups.newest_of(ctx, typed)
    if person is not None and person.banned_at:
        person = None
    is_address = "@" in typed
    if person is None and waiting is None and not is_address:
        raise UserNotFound
    return Named(is_address, _account(ctx, typed, is_address=is_address), person, waiting)


def whose(ctx: Context, named: Named, password: object) -> Person | SignUp:
    """The person, or else the sign-up, whose password fits.

    By address it always compares two, and what it finds of a sign-up never
    hangs on whether there is a person, so that neither time nor an answer tells
    whether an address has an account.

    Raises:
        IncorrectPassword: it fits none.
    """
    typed, fits = rules.password(password), ctx.passwords.fits
    rows: list[Person | SignUp | None] = [named.person, named.waiting]
    compared = rows if named.is_address else [row for row in rows if row is not None]
    right = [row for row in compared if fits(typed, row.password_hash if row else None)]
    if not right or right[0] is None:
        raise IncorrectPassword
    return right[0]


def _account(ctx: Context, typed: str, *, is_address: bool) -> str:
    """The key of what fails: a name and an address of one account do not share it.

    If they did, whoever fails with a public name could ask by it which address
    is its owner's.
    """
    key = sign_ups.email_key(typed) if is_address else rules.username_key(typed)
    return ctx.keyring.digests.of("account by address" if is_address else "account", key or typed)
