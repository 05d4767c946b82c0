"""Credentials: who a typed username or address and a password belong to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from anonmsg import rules
from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import IncorrectPassword, UserNotFound
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import sign_ups


@dataclass(frozen=True)
class Candidates:
    """Who a username or an address may refer to, and the key that counts its failures."""

    is_address: bool
    account: str
    person: Person | None
    waiting: SignUp | None


def find_person(ctx: Context, named: object) -> Person | None:
    """Return the person with a username or an email address, within a transaction."""
    typed = rules.text(named).strip()
    if "@" in typed:
        mine = Person.email_key == sign_ups.email_key(typed)
    else:
        mine = Person.username_key == rules.username_key(typed)
    return ctx.db.exec(select(Person).where(mine)).first()


def look_up(ctx: Context, identifier: object) -> Candidates:
    """Find whose password it may be: a person's, or the newest pending sign-up's.

    Raises:
        UserNotFound: it is a username, and nobody has it.
    """
    typed = rules.text(identifier).strip()
    with ctx.reading():
        person = find_person(ctx, typed)
        waiting = sign_ups.newest_of(ctx, typed)
    if person is not None and person.banned_at:
        person = None
    is_address = "@" in typed
    if person is None and waiting is None and not is_address:
        raise UserNotFound
    return Candidates(is_address, _account(ctx, typed, is_address=is_address), person, waiting)


def authenticate(ctx: Context, named: Candidates, password: object) -> Person | SignUp:
    """Return the person, or else the sign-up, whose password matches.

    For an address it always compares two hashes, and what it finds of a sign-up never
    depends on whether there is a person. So neither the time nor the answer reveals
    whether an address has an account.

    Raises:
        IncorrectPassword: it matches neither.
    """
    typed, fits = rules.password(password), ctx.passwords.fits
    rows: list[Person | SignUp | None] = [named.person, named.waiting]
    compared = rows if named.is_address else [row for row in rows if row is not None]
    right = [row for row in compared if fits(typed, row.password_hash if row else None)]
    if not right or right[0] is None:
        raise IncorrectPassword
    return right[0]


def _account(ctx: Context, typed: str, *, is_address: bool) -> str:
    """Return the key that failures are counted under, separate for name and address.

    If they shared one, anyone could fail with a public username and so find out which address
    is its owner's.
    """
    key = sign_ups.email_key(typed) if is_address else rules.username_key(typed)
    return ctx.keyring.digests.of("account by address" if is_address else "account", key or typed)
