"""Operators: what the person who runs a site may do to an account without its password.

Operators have the database and its secrets anyway; this only saves them the SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

from anonmsg import addresses
from anonmsg.errors import TwoFactorChanged, UserNotFound
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import account_fields, mailed_links, password_resets, people
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.sessions import credentials, sessions, two_factor


@dataclass(frozen=True)
class Account:
    """The account that a command acts on."""

    person_id: str
    username: str


def account(ctx: Context, *, named: object) -> Account:
    """Find an account by username or email address, whatever its state.

    Raises:
        UserNotFound: there is none.
    """
    with ctx.reading():
        person = credentials.find_person(ctx, named)
    if person is None:
        raise UserNotFound
    return Account(person.id, person.username)


def create_user(ctx: Context, *, username: object, email: object, password: object) -> str:
    """Create a verified person, by the rules of a sign-up but without its email.

    Pending sign-ups for the same address are deleted, as they are when one of them is verified.

    Returns:
        The username as displayed.

    Raises:
        FormRefused: one or more fields are refused, each with its reason.
        UsernameTaken: somebody has it, or holds it while a code is valid.
        EmailTaken: the address has an account.
    """
    name, address, chosen = account_fields.checked(username, email, password)
    hashed = ctx.passwords.hash(chosen)
    with ctx.writing():
        people.make(ctx, name=name, address=address, password_hash=hashed)
    return name.shown


def reset_link(ctx: Context, *, person_id: str) -> str:
    """Return a single-use link that lets anyone who has it set a new password.

    Nothing is emailed. Earlier reset links stop working: one may have gone to the wrong person.
    """
    lives = password_resets.LINK_LIVES
    with ctx.writing():
        mailed_links.withdraw(ctx, Purpose.RESET, person_id=person_id)
        token = mailed_links.make(ctx, Purpose.RESET, person_id=person_id, lives=lives)
    return addresses.link(ctx.settings.site, addresses.RESET_PASSWORD, token)


def end_two_factor(ctx: Context, *, person_id: str) -> bool:
    """Turn two-factor off for an owner who has lost both phone and recovery codes.

    Returns:
        Whether it was on.
    """
    try:
        with ctx.writing():
            two_factor.disable(ctx, person_id=person_id)
    except TwoFactorChanged:
        return False
    return True


def end_sessions(ctx: Context, *, person_id: str) -> None:
    """Sign a person out everywhere, at the next event of every open tab."""
    with ctx.writing():
        sessions.end_all(ctx, person_id=person_id)
