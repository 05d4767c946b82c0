"""Sign-ins: a browser proves who it belongs to, and a session begins."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import col, select, update

from anonmsg import rules
from anonmsg.database.tables import Person, SignInSession, SignUp
from anonmsg.errors import IdentifierNeeded, IncorrectPassword, NotVerified, SecondStep
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.security.tokens import REFRESH_LIVES
from anonmsg.services.accounts import verification_codes
from anonmsg.services.sessions import (
    credentials,
    known_browsers,
    second_steps,
    token_pairs,
    two_factor,
)
from anonmsg.services.sessions.token_pairs import TokenPair


def sign_in(
    ctx: Context,
    *,
    identifier: object,
    password: object,
    network: str,
    label: str = "",
    code: object = "",
    browser: object = "",
) -> TokenPair:
    """Sign in with a username or an email address, a password and, if needed, a code.

    Args:
        ctx: The context.
        identifier: The username or email address, as typed.
        password: As typed.
        network: The key of the client's network.
        label: How the owner will recognise this browser.
        code: A code from the authenticator app, or a recovery code.
        browser: What this browser has kept from earlier sign-ins, if any.

    Raises:
        IdentifierNeeded: nobody is named at all.
        UserNotFound: nobody has this username.
        IncorrectPassword: the password is wrong, or nobody has this address; both
            answers take equally long.
        TwoFactorCodeNeeded: the password is right, and the account needs a code.
        IncorrectTwoFactorCode: the password is right, and the code is wrong.
        NotVerified: it is the password of a sign-up whose code hasn't been entered yet.
        TooManyAttempts: there were too many sign-ins from this network, or failures
            for this account; a browser that is known counts apart from its network.
    """
    if not isinstance(identifier, str) or not identifier.strip():
        raise IdentifierNeeded
    origin = known_browsers.origin(ctx, identifier, kept=browser, network=network)
    ctx.rate_limits.spend("sign_in_minute", origin)
    ctx.rate_limits.spend("sign_in_hour", origin)
    named = credentials.look_up(ctx, identifier)
    ctx.rate_limits.spend_sign_in(named.account, origin)
    found = credentials.authenticate(ctx, named, password)
    # The password was right. Wrong codes have a count of their own, so that the
    # person sees one wait, and it is the true one.
    ctx.rate_limits.forgive_sign_in(named.account, origin)
    if isinstance(found, SignUp):
        raise NotVerified(verification_codes.resend_after_password(ctx, found))
    pair = _finish(ctx, found, code, rules.password(password), label)
    return _known_from_now_on(ctx, pair, found, browser)


def sign_in_by_code(
    ctx: Context,
    *,
    proof: object,
    code: object,
    network: str,
    label: str = "",
    browser: object = "",
) -> TokenPair:
    """Sign in with the code alone, right after the password, as a page without scripts does.

    Raises:
        SecondStepTooLate: the password was entered too long ago, or has changed since.
        TwoFactorCodeNeeded: no code was typed.
        IncorrectTwoFactorCode: the code is wrong.
        TooManyAttempts: there were too many sign-ins from this network, or wrong codes.
    """
    ctx.rate_limits.spend("sign_in_minute", network)
    ctx.rate_limits.spend("sign_in_hour", network)
    person = second_steps.proven(ctx, proof)
    return _known_from_now_on(ctx, _finish(ctx, person, code, "", label), person, browser)


def _known_from_now_on(ctx: Context, pair: TokenPair, person: Person, kept: object) -> TokenPair:
    return replace(pair, known_browser=known_browsers.remember(ctx, person_id=person.id, kept=kept))


def _finish(ctx: Context, person: Person, code: object, password: str, label: str) -> TokenPair:
    """Check the second factor, and start a session."""
    try:
        two_factor.check(ctx, person, code)
    except SecondStep as refusal:
        refusal.proof = second_steps.prove(ctx, person)
        raise
    return _begin(ctx, person, password, label)


def _begin(ctx: Context, person: Person, password: str, label: str) -> TokenPair:
    """Start a session, unless the password has changed during the check."""
    row = SignInSession(
        id=new_id(),
        person_id=person.id,
        label=label[:60],
        proved_at=ctx.now,
        created_at=ctx.now,
        rotated_at=ctx.now,
        expires_at=ctx.now + REFRESH_LIVES,
    )
    old_hash = person.password_hash
    new_hash = ctx.passwords.upgraded_hash(old_hash, password) if password else old_hash
    while not _store_if_unchanged(ctx, row, person.id, old_hash, new_hash):
        # It may be the same password, rehashed by another sign-in.
        with ctx.reading() as db:
            found = db.exec(select(Person.password_hash).where(Person.id == person.id)).first()
        if found is None or not password or not ctx.passwords.fits(password, found):
            raise IncorrectPassword
        old_hash = new_hash = found
    return token_pairs.issue(ctx, row, 0)


def _store_if_unchanged(
    ctx: Context, row: SignInSession, person_id: str, old_hash: str, new_hash: str
) -> bool:
    """Store the session, unless the hash that was checked has been replaced."""
    with ctx.writing() as db:
        same = col(Person.id) == person_id, col(Person.password_hash) == old_hash
        if db.exec(update(Person).where(*same).values(password_hash=new_hash)).rowcount != 1:
            return False
        db.add(row)
    return True
