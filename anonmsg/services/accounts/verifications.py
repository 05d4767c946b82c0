"""Verifications: a sign-up's code or link turns it into a person."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select, update

from anonmsg import rules
from anonmsg.database.tables import SignUp
from anonmsg.errors import (
    CodeExpired,
    IncorrectCode,
    IncorrectPassword,
    PasswordNeeded,
    SignUpNotFound,
    UsernameTaken,
)
from anonmsg.runtime.context import Context
from anonmsg.services import counters
from anonmsg.services.accounts import people, sign_ups
from anonmsg.services.outbox import CODE_LIVES

TRIES_A_CODE = 5
TRIES_A_DAY = 25


def by_code(
    ctx: Context, *, browser: object, code: object, username: object = "", network: str
) -> None:
    """Verify with the six-digit code, in the browser that started the sign-up.

    Args:
        ctx: The context.
        browser: The random id that this browser holds.
        code: As typed.
        username: Another username, if the first one has been lost.
        network: The key of the client's network.

    Raises:
        IncorrectCode: the code is wrong.
        CodeExpired: it is too late, or there were already five wrong codes.
        SignUpNotFound: this browser has no active sign-up.
        UsernameTaken: somebody else has taken the username; the person must pick another.
        EmailTaken: another sign-up for this address was verified first.
        TooManyAttempts: there were too many guesses from this network or for this address.
    """
    digits = rules.code(code)
    ctx.rate_limits.spend("code_guess", network)
    with ctx.reading():
        row = sign_ups.of_browser(ctx, browser)
    if row is None:
        raise SignUpNotFound
    name = _name_for(row, username)
    _spend_try(ctx, row)
    fits = ctx.keyring.digests.same(row.code_digest, "code", row.id, digits)
    if not fits or row.decoy:
        raise IncorrectCode
    _make_person(ctx, row, name)


def by_link(
    ctx: Context,
    *,
    browser: object,
    link: object,
    password: object = "",
    username: object = "",
    network: str,
) -> None:
    """Verify with the emailed link, in any browser.

    A browser that did not start the sign-up must give the chosen password, so that
    people who open an email can verify only a sign-up of their own.

    Raises:
        PasswordNeeded: this is another browser, and no password was given.
        IncorrectPassword: this is another browser, and the password is wrong.
        IncorrectCode: the link belongs to no active sign-up.
        CodeExpired: it is too late, or there were already five wrong passwords or codes.
        UsernameTaken: somebody else has taken the username; the person must pick another.
        EmailTaken: another sign-up for this address was verified first.
        TooManyAttempts: there were too many guesses from this network or for this address.
    """
    ctx.rate_limits.spend("code_guess", network)
    with ctx.reading() as db:
        digests = ctx.keyring.digests.each_of("link", rules.text(link))
        alive = col(SignUp.created_at) > ctx.now - sign_ups.SIGN_UP_LIVES
        row = db.exec(select(SignUp).where(col(SignUp.link_digest).in_(digests), alive)).first()
        mine = sign_ups.of_browser(ctx, browser)
    if row is None or row.decoy:
        raise IncorrectCode
    name = _name_for(row, username)
    if mine is None or mine.id != row.id:
        typed = rules.password(password)
        if not typed:
            raise PasswordNeeded
        _spend_try(ctx, row)
        if not ctx.passwords.fits(typed, row.password_hash):
            raise IncorrectPassword
    elif _is_late(ctx, row):
        raise CodeExpired
    _make_person(ctx, row, name)


def _name_for(row: SignUp, username: object) -> rules.Username:
    """Return the username to take; a refused one doesn't use up a try."""
    return rules.username(rules.text(username).strip() or row.username)


def _spend_try(ctx: Context, row: SignUp) -> None:
    """Count a guess and commit, before anything is compared."""
    with ctx.writing() as db:
        spent = db.exec(
            update(SignUp)
            .where(
                col(SignUp.id) == row.id,
                col(SignUp.code_digest) == row.code_digest,
                col(SignUp.code_tries) < TRIES_A_CODE,
            )
            .values(code_tries=SignUp.code_tries + 1)
        )
        if spent.rowcount == 1:
            counters.spend(ctx, "code", row.email_key, limit=TRIES_A_DAY, period=timedelta(days=1))
    if spent.rowcount != 1 or _is_late(ctx, row):
        raise CodeExpired


def _is_late(ctx: Context, row: SignUp) -> bool:
    return row.code_mailed_at is not None and row.code_mailed_at + CODE_LIVES <= ctx.now


def _make_person(ctx: Context, row: SignUp, name: rules.Username) -> None:
    try:
        with ctx.writing() as db:
            if db.get(SignUp, row.id) is None:
                raise SignUpNotFound
            people.make(
                ctx,
                name=name,
                address=rules.Email(row.email, row.email_key),
                password_hash=row.password_hash,
                sign_up_id=row.id,
            )
    except UsernameTaken:
        _refund_try(ctx, row)
        raise


def _refund_try(ctx: Context, row: SignUp) -> None:
    """Refund the try: the code was right, and only the username has to change."""
    with ctx.writing() as db:
        db.exec(
            update(SignUp)
            .where(col(SignUp.id) == row.id, col(SignUp.code_tries) > 0)
            .values(code_tries=SignUp.code_tries - 1)
        )
