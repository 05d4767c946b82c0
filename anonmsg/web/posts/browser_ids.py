"""The random id that binds a sign-up to the browser that began it, without scripts.

With scripts, the id lies in local storage, and the script puts it into the form
(`assets/app/without_socket.js`). Without, it lies in a cookie for the day that a
sign-up lives. Why a cookie and not a hidden field of the answer: a phone drops a
tab while its owner looks for the email, and the reloaded page must still take the
code. Nobody gets it who only sends a message.

It opens no way to take an account over. The id is always made here, never by the
browser; the cookie is HttpOnly, SameSite=Lax and, on https, `__Host-`, so another
site or a sibling domain can't plant the id of a sign-up of its own; and a code or
a link still serves only the row of its own sign-up.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from anonmsg.errors import AlreadyVerified, SignUpNotFound
from anonmsg.services.accounts import sign_ups
from anonmsg.web.cookies import Cookies
from anonmsg.web.use_cases import run

FIELD = "sign_up"


async def browser_id_of(request: Request, typed: Mapping[str, str], cookies: Cookies) -> str:
    """Return the id of this browser's sign-up, or an empty string if it has none.

    The script's field comes first: it belongs to the page that was on the screen.
    An id whose sign-up is gone doesn't stand in the other's way; one whose sign-up has
    become an account is returned if there's no better, so that its browser is told.

    Args:
        request: The request, with its cookies.
        typed: The form's fields.
        cookies: Reads the cookie.
    """
    verified = ""
    for held in (typed.get(FIELD, ""), cookies.sign_up(request)):
        if held:
            try:
                await run(sign_ups.pending, browser=held)
            except SignUpNotFound:
                continue
            except AlreadyVerified:
                verified = verified or held
                continue
            return held
    return verified
