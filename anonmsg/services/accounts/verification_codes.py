"""Codes: made, mailed and made anew, each for one sign-up."""

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
# The code's own life begins when the mail service has the mail; until then
# its username is held as long as the first retries take.
HELD_UNTIL_MAILED = CODE_LIVES * 2


def fresh(ctx: Context, row: SignUp, *, browser: str = "") -> None:
    """Give a sign-up a fresh code, within the caller's transaction.

    Args:
        ctx: Within a writing transaction.
        row: The sign-up.
        browser: A new random id to bind it to, if another browser may go on.

    Raises:
        ResendTooSoon: the last code is not a minute old.
        TooManyAttempts: five fresh codes went to this address today.
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
    # Whoever lost the name meanwhile picks another when the code is entered.
    with suppress(UsernameTaken):
        until = ctx.now + HELD_UNTIL_MAILED
        usernames.hold(ctx, row.username_key, sign_up_id=row.id, until=until)
    mail(ctx, row, code, link)


def go_on(ctx: Context, waiting: SignUp, *, elsewhere: bool) -> str:
    """Mail a fresh code to whoever had the right password.

    Args:
        ctx: The context.
        waiting: Their sign-up.
        elsewhere: Whether another browser than the one that began it goes on.

    Returns:
        The random id by which that browser may enter the code; empty where the
        first one goes on.

    Raises:
        IncorrectPassword: the sign-up is gone meanwhile.
    """
    browser = new_token() if elsewhere else ""
    try:
        with ctx.writing():
            fresh(ctx, _still_waiting(ctx, waiting), browser=browser)
    except TooManyAttempts:
        # The last code is still good; this browser may enter that one.
        with ctx.writing() as db:
            _still_waiting(ctx, waiting)
            if browser:
                digest = ctx.keyring.digests.of("browser", browser)
                bound = update(SignUp).where(col(SignUp.id) == waiting.id)
                db.exec(bound.values(browser_digest=digest))
    return browser


def mail(ctx: Context, row: SignUp, code: str, link: str) -> None:
    """Mail a sign-up's code; to an address that has an account, that instead.

    Within the caller's transaction, like the two that follow.
    """
    if not row.decoy:
        post(ctx, row, code, link)
        return
    owner = ctx.db.exec(select(Person).where(Person.email_key == row.email_key)).first()
    if owner is not None:
        post_already_registered(ctx, owner, row)


def values(ctx: Context, row_id: str, code: str, link: str) -> dict[str, Any]:
    """The columns of a sign-up that a new code and link change."""
    digests = ctx.keyring.digests
    return {
        "code_digest": digests.of("code", row_id, code),
        "link_digest": digests.of("link", link),
        "code_tries": 0,
        "code_mailed_at": None,
        "code_made_at": ctx.now,
    }


def post(ctx: Context, row: SignUp, code: str, link: str) -> None:
    """Mail a code and its link, within the caller's transaction."""
    letter = letters.verification(
        to=row.email,
        username=row.username,
        code=code,
        # A fragment never reaches a server, a log or a Referer.
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
    """The sign-up as it is now: comparing its password took a while."""
    row = ctx.db.get(SignUp, waiting.id)
    if row is None:
        raise IncorrectPassword
    return row
