"""Verification codes: made, emailed and renewed, each for one sign-up."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlmodel import col, select, update

from anonmsg import addresses
from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import IncorrectPassword, ResendTooSoon, TooManyAttempts, UsernameTaken
from anonmsg.mail import letters
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_code, new_token
from anonmsg.services import counters, outbox
from anonmsg.services.accounts import usernames
from anonmsg.services.outbox import CODE_LIVES

RESEND_AFTER = timedelta(seconds=60)
RESENDS_A_DAY = 5
# A code's lifetime starts when the mail service accepts the email. Until then, the
# username is held long enough for the first retries.
HELD_UNTIL_MAILED = CODE_LIVES * 2


def renew(ctx: Context, row: SignUp, *, browser: str = "") -> None:
    """Give a sign-up a new code, within the caller's transaction.

    Args:
        ctx: Within a writing transaction.
        row: The sign-up.
        browser: A new random id to bind it to, if another browser may continue.

    Raises:
        ResendTooSoon: the last code is less than a minute old.
        TooManyAttempts: five new codes went to this address today.
    """
    too_soon = row.code_made_at + RESEND_AFTER - ctx.now
    if too_soon > timedelta(0):
        raise ResendTooSoon(too_soon)
    counters.spend(ctx, "resend", row.email_key, limit=RESENDS_A_DAY, period=timedelta(days=1))
    outbox.withdraw(ctx, sign_up_id=row.id)
    code, link = new_code(), new_token()
    changed = values(ctx, row.id, code, link)
    if browser:
        changed["browser_digest"] = ctx.keyring.digests.of("browser", browser)
    ctx.db.exec(update(SignUp).where(col(SignUp.id) == row.id).values(**changed))
    # If somebody else has taken the name, the person picks another with the code.
    with suppress(UsernameTaken):
        until = ctx.now + HELD_UNTIL_MAILED
        usernames.hold(ctx, row.username_key, sign_up_id=row.id, until=until)
    mail(ctx, row, code, link)


def resend_after_password(ctx: Context, waiting: SignUp) -> str:
    """Email a new code to a person who gave the right password.

    Args:
        ctx: The context.
        waiting: Their sign-up.

    Returns:
        The random id that lets the browser that they use now enter the code.

    Raises:
        IncorrectPassword: the sign-up no longer exists.
    """
    browser = new_token()
    try:
        with ctx.writing():
            renew(ctx, _still_waiting(ctx, waiting), browser=browser)
    except TooManyAttempts:
        # The last code still works; this browser may enter that one.
        with ctx.writing() as db:
            _still_waiting(ctx, waiting)
            digest = ctx.keyring.digests.of("browser", browser)
            bound = update(SignUp).where(col(SignUp.id) == waiting.id)
            db.exec(bound.values(browser_digest=digest))
    return browser


def mail(ctx: Context, row: SignUp, code: str, link: str) -> None:
    """Email a sign-up's code, or a notice if the address already has an account.

    Runs within the caller's transaction.
    """
    if not row.decoy:
        post(ctx, row, code, link)
        return
    owner = ctx.db.exec(select(Person).where(Person.email_key == row.email_key)).first()
    if owner is not None:
        post_already_registered(ctx, owner, row)


def values(ctx: Context, row_id: str, code: str, link: str) -> dict[str, Any]:
    """Return the columns of a sign-up that a new code and link change."""
    digests = ctx.keyring.digests
    return {
        "code_digest": digests.of("code", row_id, code),
        "link_digest": digests.of("link", link),
        "code_tries": 0,
        "code_mailed_at": None,
        "code_made_at": ctx.now,
    }


def post(ctx: Context, row: SignUp, code: str, link: str) -> None:
    """Email a code and its link, within the caller's transaction."""
    letter = letters.verification(
        to=row.email,
        username=row.username,
        code=code,
        # A fragment never reaches a server, a log or a Referer header.
        link=addresses.link(ctx.settings.site, addresses.VERIFY, link),
        minutes=int(CODE_LIVES.total_seconds() // 60),
    )
    outbox.post(ctx, letter, sign_up_id=row.id)


def post_already_registered(ctx: Context, owner: Person, row: SignUp) -> None:
    """Tell an owner that somebody signed up with their address, instead of a code."""
    sign_in_url = addresses.link(ctx.settings.site, addresses.SIGN_IN)
    letter = letters.already_registered(
        to=owner.email, username=owner.username, sign_in_url=sign_in_url
    )
    outbox.post(ctx, letter, sign_up_id=row.id)


def _still_waiting(ctx: Context, waiting: SignUp) -> SignUp:
    """Reload the sign-up, because comparing its password took a while."""
    row = ctx.db.get(SignUp, waiting.id)
    if row is None:
        raise IncorrectPassword
    return row
