"""Operators: what whoever runs a copy may do to an account, without its password.

They have the database and its secrets anyway; this only spares them the SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

from anonmsg import addresses
from anonmsg.errors import TwoFactorChanged, UserNotFound
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import mailed_links, password_resets, people, sign_ups
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.sessions import credentials, sessions, two_factor


@dataclass(frozen=True)
class Account:
    """Whom a command is about."""

    person_id: str
    username: str


def account(ctx: Context, *, named: object) -> Account:
    """The account of a username or an e-mail address, whatever became of it.

    Raises:
        UserNotFound: there is none.
    """
    with ctx.reading():
        person = credentials.person_named(ctx, named)
    if person is None:
        raise UserNotFound
    return Account(person.id, person.username)


def create_user(ctx: Context, *, username: object, email: object, password: object) -> str:
    """Make a verified person, by the rules of a sign-up but without its mail.

    Sign-ups of the same address that wait for their code die, as they do when
    another of them is verified.

    Returns:
        The username as it is shown.

    Raises:
        FormRefused: one or more fields are refused, each with its reason.
        UsernameTaken: somebody has it, or holds it while a code lives.
        EmailTaken: the address has an account.
    """
    name, address, chosen = sign_ups.checked(username, email, password)
    hashed = ctx.passwords.hash(chosen)
    with ctx.writing():
        people.make(ctx, name=name, address=address, password_hash=hashed)
    return name.shown


def reset_link(ctx: Context, *, person_id: str) -> str:
    """A link that lets whoever has it choose a new password, once; nothing is mailed.

    One that was asked for before dies: it may have gone to the wrong person.
    """
    lives = password_resets.LINK_LIVES
    with ctx.writing():
        mailed_links.withdraw(ctx, Purpose.RESET, person_id=person_id)
        token = mailed_links.make(ctx, Purpose.RESET, person_id=person_id, lives=lives)
    return addresses.link(ctx.settings.site, addresses.RESET_PASSWORD, token)


def end_two_factor(ctx: Context, *, person_id: str) -> bool:
    """Let the password alone sign in again, for who has lost phone and recovery codes.

    Returns:
        Whether it was on.
    """
    try:
        with ctx.writing():
            two_factor.end(ctx, person_id=person_id)
    except TwoFactorChanged:
        return False
    return True


def end_sessions(ctx: Context, *, person_id: str) -> None:
    """Sign a person out everywhere, at the next event of every open tab."""
    with ctx.writing():
        sessions.end_all(ctx, person_id=person_id)
