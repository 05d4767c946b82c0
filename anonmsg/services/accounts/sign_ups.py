"""Sign-ups: from a username, an address and a password to a verified person.

Each sign-up is a row of its own, bound to a random id that only the browser
that began it holds. A code serves only its own row, so a password chosen in
one browser never ends on an account that was verified in another, whoever
comes first. The first row of an address that is verified wins; the address's
other rows die with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlmodel import col, delete, select

from anonmsg import rules
from anonmsg.database.tables import Mail, Person, SignUp
from anonmsg.errors import AppError, EmailTaken, FormRefused, SignUpNotFound, UsernameTaken
from anonmsg.public import PendingSignUp
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_code, new_id, new_token
from anonmsg.services import outbox
from anonmsg.services.accounts import usernames, verification_codes

T = TypeVar("T")

SIGN_UP_LIVES = timedelta(hours=24)


def check_username(ctx: Context, *, username: object, browser: object = "", network: str) -> None:
    """Tell whether a username may be had.

    Raises:
        InvalidUsername: it breaks a rule.
        UsernameTaken: somebody else has it or holds it.
        TooManyAttempts: too many checks from this network.
    """
    name = rules.username(username)
    ctx.rate_limits.spend("username_check", network)
    with ctx.reading():
        mine = of_browser(ctx, browser)
        if not usernames.is_free(ctx, name.key, for_sign_up=mine.id if mine else ""):
            raise UsernameTaken


def sign_up(
    ctx: Context,
    *,
    username: object,
    email: object,
    password: object,
    browser: object = "",
    network: str,
) -> str:
    """Begin a sign-up and mail its code.

    Args:
        ctx: The context.
        username: As typed, like the two that follow.
        email: Where the code goes.
        password: What the account will be opened with.
        browser: The random id of this browser's earlier sign-up, if any,
            which the new one replaces.
        network: The key of the client's network.

    Returns:
        The random id by which this browser may enter the code.

    Raises:
        FormRefused: one or more fields are refused, each with its reason.
        TooManyAttempts: too many from this network or for this address.
    """
    # Judging a password costs time, so even a form that is refused counts.
    ctx.rate_limits.spend("sign_up_form", network)
    name, address, chosen = checked(username, email, password)
    ctx.rate_limits.spend("sign_up_hour", network)
    ctx.rate_limits.spend("sign_up_day", network)
    with ctx.reading():
        _refuse_what_is_taken(ctx, name, address, browser)
    ctx.rate_limits.spend("sign_up_address", ctx.keyring.digests.of("address", address.key))
    hashed = ctx.passwords.hash(chosen)
    try:
        return _begin(ctx, name, address, hashed, browser)
    except (UsernameTaken, EmailTaken) as refusal:
        raise FormRefused([refusal]) from None


def pending(ctx: Context, *, browser: object) -> PendingSignUp:
    """Where this browser's sign-up stands.

    Raises:
        SignUpNotFound: it has begun none that is alive.
    """
    with ctx.reading() as db:
        row = of_browser(ctx, browser)
        if row is None:
            raise SignUpNotFound
        tries = select(Mail.tries).where(Mail.sign_up_id == row.id, col(Mail.sealed).is_not(None))
        refused = (db.exec(tries).first() or 0) > 0
    mail = "sent" if row.code_mailed_at else "delayed" if refused else "waiting"
    wait = (row.code_made_at + verification_codes.RESEND_AFTER - ctx.now).total_seconds()
    return PendingSignUp(row.username, mail, max(0, -int(-wait // 1)), topics.mail_of(row.id))


def resend(ctx: Context, *, browser: object) -> int:
    """Mail a fresh code; the old one dies.

    Returns:
        After how many seconds another may be asked for.

    Raises:
        SignUpNotFound: this browser has begun no sign-up that is alive.
        ResendTooSoon: the last code is not a minute old.
        TooManyAttempts: five fresh codes went to this address today.
    """
    with ctx.writing():
        row = of_browser(ctx, browser)
        if row is None:
            raise SignUpNotFound
        verification_codes.fresh(ctx, row)
    return int(verification_codes.RESEND_AFTER.total_seconds())


def of_browser(ctx: Context, browser: object) -> SignUp | None:
    """The sign-up that this browser has begun, while it is alive."""
    held = rules.text(browser)
    if not held:
        return None
    digests = ctx.keyring.digests.each_of("browser", held)
    alive = col(SignUp.created_at) > ctx.now - SIGN_UP_LIVES
    return ctx.db.exec(select(SignUp).where(col(SignUp.browser_digest).in_(digests), alive)).first()


def newest_of(ctx: Context, identifier: str) -> SignUp | None:
    """The newest living sign-up with a username or an e-mail address, if any."""
    by_name = SignUp.username_key == rules.username_key(identifier)
    by_email = SignUp.email_key == email_key(identifier)
    mine = by_email if "@" in identifier else by_name
    alive = col(SignUp.created_at) > ctx.now - SIGN_UP_LIVES
    newest = select(SignUp).where(mine, alive).order_by(col(SignUp.created_at).desc())
    return ctx.db.exec(newest.limit(1)).first()


def email_key(value: object) -> str:
    """The key of an e-mail address; empty where it cannot be one."""
    try:
        return rules.email(value).key
    except AppError:
        return ""


def forget(ctx: Context, *rows: SignUp) -> None:
    """Delete sign-ups with their mails and held names, in the caller's transaction."""
    for row in rows:
        outbox.withdraw(ctx, sign_up_id=row.id)
        usernames.release(ctx, sign_up_id=row.id)
        ctx.db.exec(delete(SignUp).where(col(SignUp.id) == row.id))


def checked(
    username: object, email: object, password: object
) -> tuple[rules.Username, rules.Email, str]:
    """What an account begins with, by its rules.

    Raises:
        FormRefused: one or more are refused, each with its reason.
    """
    refusals: list[AppError] = []

    def by(rule: Callable[[], T]) -> T | None:
        try:
            return rule()
        except AppError as refusal:
            refusals.append(refusal)
            return None

    about = (rules.text(username), rules.text(email))
    name = by(lambda: rules.username(username))
    address = by(lambda: rules.email(email))
    chosen = by(lambda: rules.new_password(password, about=about))
    if name is None or address is None or chosen is None:
        raise FormRefused(refusals)
    return name, address, chosen


def _refuse_what_is_taken(
    ctx: Context, name: rules.Username, address: rules.Email, browser: object
) -> None:
    """Say early, before the hash, what the transaction would refuse later."""
    refusals: list[AppError] = []
    mine = of_browser(ctx, browser)
    if not usernames.is_free(ctx, name.key, for_sign_up=mine.id if mine else ""):
        refusals.append(UsernameTaken())
    if not ctx.settings.hide_registered_emails and _person_with(ctx, address.key):
        refusals.append(EmailTaken())
    if refusals:
        raise FormRefused(refusals)


def _begin(
    ctx: Context, name: rules.Username, address: rules.Email, hashed: str, browser: object
) -> str:
    code, link, holder, row_id = new_code(), new_token(), new_token(), new_id()
    with ctx.writing() as db:
        owner = _person_with(ctx, address.key)
        if owner and not ctx.settings.hide_registered_emails:
            raise EmailTaken
        if earlier := of_browser(ctx, browser):
            forget(ctx, earlier)
        usernames.hold(
            ctx, name.key, sign_up_id=row_id, until=ctx.now + verification_codes.HELD_UNTIL_MAILED
        )
        row = SignUp(
            id=row_id,
            browser_digest=ctx.keyring.digests.of("browser", holder),
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
    return holder


def _person_with(ctx: Context, key: str) -> Person | None:
    return ctx.db.exec(select(Person).where(Person.email_key == key)).first()
