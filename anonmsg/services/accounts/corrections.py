"""Corrections: a sign-up goes to another email address, and keeps everything else.

The sign-up is replaced by a new one, so a code or link that went to the first address
never verifies the second.
"""

from __future__ import annotations

from anonmsg import rules
from anonmsg.errors import SameEmail
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import address_limits, sign_ups


def change_email(ctx: Context, *, browser: object, email: object, network: str) -> str:
    """Send a new code to another address; username and password stay.

    It counts against the same limits as a sign-up.

    Args:
        ctx: The context.
        browser: The random id that this browser holds.
        email: Where the code should go, as typed.
        network: The key of the client's network.

    Returns:
        The random id that lets this browser enter the new code.

    Raises:
        InvalidEmail: it can't be an email address.
        SameEmail: the code went there already.
        EmailTaken: the address has an account.
        SignUpNotFound: this browser has no active sign-up.
        AlreadyVerified: it has already become an account.
        UsernameTaken: somebody else has taken the username.
        TooManyAttempts: there were too many sign-ups from this network or for this address.
    """
    for limit in ("sign_up_form", "sign_up_hour", "sign_up_day"):
        ctx.rate_limits.spend(limit, network)
    address = rules.email(email)
    with ctx.reading():
        row = sign_ups.required_of_browser(ctx, browser)
    if address.key == row.email_key:
        raise SameEmail
    address_limits.spend(ctx, "sign_up_address", address.key, network)
    name = rules.Username(row.username, row.username_key)
    return sign_ups.begin(ctx, name, address, row.password_hash, browser, must_replace=True)
