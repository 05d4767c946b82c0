"""Verifications: a sign-up's code or link turns it into a person."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select, update

from anonmsg import rules
from anonmsg.database.tables import SignUp
from anonmsg.errors import (
    AlreadyVerified,
    AppError,
    CodeExpired,
    IncorrectCode,
    IncorrectPassword,
    PasswordNeeded,
    SignUpNotFound,
    TooManyWrongCodes,
    UsernameTaken,
)
from anonmsg.runtime.context import Context
from anonmsg.services import counters
from anonmsg.services.accounts import people, sign_ups, verified_sign_ups
from anonmsg.services.outbox import CODE_LIVES

TRIES_A_CODE = 5
TRIES_A_DAY = 100


def by_code(
    ctx: Context, *, browser: object, code: object, username: object = "", network: str
) -> str:
    """Verify with the six-digit code, in the browser that started the sign-up.

    Args:
        ctx: The context.
        browser: The random id that this browser holds.
        code: As typed.
        username: Another username, if the first one has been lost.
        network: The key of the client's network.

    Returns:
        The username of the new account.

    Raises:
        IncorrectCode: the code is wrong.
        CodeExpired: it is too late.
        TooManyWrongCodes: there were already five wrong codes.
        SignUpNotFound: this browser has no active sign-up.
        AlreadyVerified: it has already become an account.
        UsernameTaken: somebody else has taken the username; the person must pick another.
        EmailTaken: another sign-up for this address was verified first.
        TooManyAttempts: there were too many guesses from this network or for this address.
    """
    digits = rules.code(code)
    ctx.rate_limits.spend("code_guess", network)
    with ctx.reading():
        row = sign_ups.required_of_browser(ctx, browser)
    name = _name_for(row, username)
    _spend_try(ctx, row, network)
    fits = ctx.keyring.digests.same(row.code_digest, "code", row.id, digits)
    if not fits or row.decoy:
        raise IncorrectCode
    _make_person(ctx, row, name)
    return name.shown


def by_link(
    ctx: Context,
    *,
    browser: object,
    link: object,
    password: object = "",
    username: object = "",
    network: str,
) -> str:
    """Verify with the emailed link, in any browser.

    A browser that did not start the sign-up must give the chosen password, so that
    people who open an email can verify only a sign-up of their own.

    Returns:
        The username of the new account.

    Raises:
        PasswordNeeded: this is another browser, and no password was given.
        IncorrectPassword: this is another browser, and the password is wrong.
        IncorrectCode: the link belongs to no active sign-up.
        AlreadyVerified: its sign-up has already become an account.
        CodeExpired: it is too late.
        TooManyWrongCodes: there were already five wrong passwords or codes.
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
        if row is None and verified_sign_ups.knows(ctx, "link", link):
            raise AlreadyVerified
    if row is None or row.decoy:
        raise IncorrectCode
    name = _name_for(row, username)
    if mine is None or mine.id != row.id:
        typed = rules.password(password)
        if not typed:
            raise PasswordNeeded
        _spend_try(ctx, row, network)
        if not ctx.passwords.fits(typed, row.password_hash):
            raise IncorrectPassword
    elif _is_late(ctx, row):
        raise CodeExpired
    _make_person(ctx, row, name)
    return name.shown


def _name_for(row: SignUp, username: object) -> rules.Username:
    """Return the username to take; a refused one doesn't use up a try."""
    return rules.username(rules.text(username).strip() or row.username)


def _spend_try(ctx: Context, row: SignUp, network: str) -> None:
    """Count a guess and commit, before anything is compared."""
    address = ctx.keyring.digests.of("address", row.email_key)
    # What a network guesses counts for it first, so that nobody uses up another's tries.
    ctx.rate_limits.spend("code_guess_address", address, network)
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
        now = db.get(SignUp, row.id)
        gone = _gone(ctx, row) if now is None else None
    if _is_late(ctx, row):
        raise CodeExpired
    if spent.rowcount == 1:
        return
    if now is not None and now.code_digest != row.code_digest:
        # A new code has been sent in the meantime.
        raise IncorrectCode
    raise gone or TooManyWrongCodes()


def _gone(ctx: Context, row: SignUp) -> AppError:
    """Return why a sign-up that was just read is no longer there."""
    return AlreadyVerified() if verified_sign_ups.knows_row(ctx, row) else SignUpNotFound()


def _is_late(ctx: Context, row: SignUp) -> bool:
    return row.code_mailed_at is not None and row.code_mailed_at + CODE_LIVES <= ctx.now


def _make_person(ctx: Context, row: SignUp, name: rules.Username) -> None:
    try:
        with ctx.writing() as db:
            if db.get(SignUp, row.id) is None:
                raise _gone(ctx, row)
            people.make(
                ctx,
                name=name,
                address=rules.Email(row.email, row.email_key),
                password_hash=row.password_hash,
                sign_up_id=row.id,
            )
            verified_sign_ups.remember(ctx, row)
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
