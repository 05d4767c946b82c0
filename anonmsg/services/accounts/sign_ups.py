"""Sign-ups: from a username, an address and a password to a verified person.

Each sign-up is its own row, bound to a random id that only the browser that started it
holds. A code works only for its own row, so a password chosen in one browser never ends
up on an account verified in another, whichever comes first. The first row verified for
an address wins; the address's other rows are deleted with it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, delete, select

from anonmsg import rules
from anonmsg.database.tables import Mail, Person, SignUp
from anonmsg.errors import (
    AlreadyVerified,
    AppError,
    EmailTaken,
    FormRefused,
    SignUpNotFound,
    UsernameTaken,
)
from anonmsg.public import PendingSignUp
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_code, new_id, new_token
from anonmsg.services import outbox
from anonmsg.services.accounts import (
    account_fields,
    address_limits,
    usernames,
    verification_codes,
    verified_sign_ups,
)

SIGN_UP_LIVES = timedelta(hours=24)


def check_username(ctx: Context, *, username: object, browser: object = "", network: str) -> None:
    """Check that a username is available.

    Raises:
        InvalidUsername: it breaks a rule.
        UsernameTaken: it is reserved, or somebody else has or holds it.
        TooManyAttempts: there were too many checks from this network.
    """
    rules.username(username)
    ctx.rate_limits.spend("username_check", network)
    if taken := _taken(ctx, username, browser):
        raise taken[0]


def sign_up(
    ctx: Context,
    *,
    username: object,
    email: object,
    password: object,
    browser: object = "",
    network: str,
) -> str:
    """Start a sign-up and email its code.

    Args:
        ctx: The context.
        username: As typed, like the next two.
        email: Where the code goes.
        password: The password for the account.
        browser: The random id of this browser's earlier sign-up, if any, which the new
            one replaces.
        network: The key of the client's network.

    Returns:
        The random id that lets this browser enter the code.

    Raises:
        FormRefused: one or more fields are refused, each with its reason.
        TooManyAttempts: there were too many from this network or for this address.
    """
    # Judging a password takes time, so refused forms count too.
    ctx.rate_limits.spend("sign_up_form", network)
    try:
        name, address, chosen = account_fields.checked(username, email, password)
    except FormRefused as refused:
        raise FormRefused([*refused.refusals, *_taken(ctx, username, browser)]) from None
    ctx.rate_limits.spend("sign_up_hour", network)
    ctx.rate_limits.spend("sign_up_day", network)
    refusals = _taken(ctx, username, browser)
    # Whether an address has an account is told only to a form that is right otherwise.
    if not ctx.settings.hide_registered_emails:
        with ctx.reading():
            refusals += [EmailTaken()] if _person_with(ctx, address.key) else []
    if refusals:
        raise FormRefused(refusals)
    address_limits.spend(ctx, "sign_up_address", address.key, network)
    hashed = ctx.passwords.hash(chosen)
    try:
        return begin(ctx, name, address, hashed, browser)
    except (UsernameTaken, EmailTaken) as refusal:
        raise FormRefused([refusal]) from None


def pending(ctx: Context, *, browser: object) -> PendingSignUp:
    """Return the status of this browser's sign-up.

    Raises:
        SignUpNotFound: this browser has no active sign-up.
        AlreadyVerified: it has already become an account.
    """
    with ctx.reading() as db:
        row = required_of_browser(ctx, browser)
        tries = select(Mail.tries).where(Mail.sign_up_id == row.id, col(Mail.sealed).is_not(None))
        tried = db.exec(tries).first()
    unsent = "failed" if tried is None else "delayed" if tried else "waiting"
    mail = "sent" if row.code_mailed_at else unsent
    wait = (row.code_made_at + verification_codes.RESEND_AFTER - ctx.now).total_seconds()
    seconds = max(0, -int(-wait // 1))
    return PendingSignUp(row.username, row.email, mail, seconds, topics.mail_of(row.id))


def resend(ctx: Context, *, browser: object) -> int:
    """Email a new code; the old one stops working.

    Returns:
        The seconds until the next code may be requested.

    Raises:
        SignUpNotFound: this browser has no active sign-up.
        AlreadyVerified: it has already become an account.
        ResendTooSoon: the last code is less than a minute old.
        TooManyAttempts: five new codes went to this address today.
    """
    with ctx.writing():
        verification_codes.renew(ctx, required_of_browser(ctx, browser))
    return int(verification_codes.RESEND_AFTER.total_seconds())


def of_browser(ctx: Context, browser: object) -> SignUp | None:
    """Return this browser's active sign-up, if any."""
    held = rules.text(browser)
    if not held:
        return None
    digests = ctx.keyring.digests.each_of("browser", held)
    alive = col(SignUp.created_at) > ctx.now - SIGN_UP_LIVES
    return ctx.db.exec(select(SignUp).where(col(SignUp.browser_digest).in_(digests), alive)).first()


def required_of_browser(ctx: Context, browser: object) -> SignUp:
    """Return this browser's active sign-up.

    Raises:
        SignUpNotFound: it has none.
        AlreadyVerified: it had one, which has become an account.
    """
    row = of_browser(ctx, browser)
    if row is None and verified_sign_ups.knows(ctx, "browser", browser):
        raise AlreadyVerified
    if row is None:
        raise SignUpNotFound
    return row


def newest_of(ctx: Context, identifier: str) -> SignUp | None:
    """Return the newest active sign-up with a username or an email address, if any."""
    by_name = SignUp.username_key == rules.username_key(identifier)
    by_email = SignUp.email_key == email_key(identifier)
    mine = by_email if "@" in identifier else by_name
    alive = col(SignUp.created_at) > ctx.now - SIGN_UP_LIVES
    newest = select(SignUp).where(mine, alive).order_by(col(SignUp.created_at).desc())
    return ctx.db.exec(newest.limit(1)).first()


def email_key(value: object) -> str:
    """Return the key of an email address; empty if it can't be one."""
    try:
        return rules.email(value).key
    except AppError:
        return ""


def forget(ctx: Context, *rows: SignUp) -> None:
    """Delete sign-ups with their emails and held names, within the caller's transaction."""
    for row in rows:
        outbox.withdraw(ctx, sign_up_id=row.id)
        usernames.release(ctx, sign_up_id=row.id)
        ctx.db.exec(delete(SignUp).where(col(SignUp.id) == row.id))


def _taken(ctx: Context, username: object, browser: object) -> list[AppError]:
    """Return the refusal of a username that somebody else has or holds."""
    key = rules.username_key(username)
    with ctx.reading():
        mine = of_browser(ctx, browser)
        is_free = usernames.is_free(ctx, key, for_sign_up=mine.id if mine else "")
    return [] if is_free else [UsernameTaken()]


def begin(
    ctx: Context,
    name: rules.Username,
    address: rules.Email,
    hashed: str,
    browser: object,
    *,
    must_replace: bool = False,
) -> str:
    """Start a sign-up in place of this browser's earlier one, and email its code.

    With `must_replace`, there must be an earlier one.

    Raises:
        UsernameTaken: somebody else has the username, or holds it.
        EmailTaken: the address has an account.
        SignUpNotFound: there is no earlier one, although there must be.
        AlreadyVerified: the earlier one has just become an account.
    """
    code, link, browser_id, row_id = new_code(), new_token(), new_token(), new_id()
    with ctx.writing() as db:
        owner = _person_with(ctx, address.key)
        if owner and not ctx.settings.hide_registered_emails:
            raise EmailTaken
        if must_replace:
            required_of_browser(ctx, browser)
        if earlier := of_browser(ctx, browser):
            forget(ctx, earlier)
        usernames.hold(
            ctx, name.key, sign_up_id=row_id, until=ctx.now + verification_codes.HELD_UNTIL_MAILED
        )
        row = SignUp(
            id=row_id,
            browser_digest=ctx.keyring.digests.of("browser", browser_id),
            username=name.shown,
            username_key=name.key,
            email=address.address,
            email_key=address.key,
            password_hash=hashed,
            decoy=owner is not None,
            created_at=ctx.now,
            **verification_codes.values(ctx, row_id, code, link),
        )
        db.add(row)
        verification_codes.mail(ctx, row, code, link)
    return browser_id


def _person_with(ctx: Context, key: str) -> Person | None:
    return ctx.db.exec(select(Person).where(Person.email_key == key)).first()
