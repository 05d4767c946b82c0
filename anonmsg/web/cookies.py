"""The cookies, which no script can read: those of a sign-in, and one of a sign-up by form.

A sign-in leaves two that prove who is signed in, and one by which this browser is known
the next time (`services/sessions/known_browsers.py`). Senders get none.
"""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from anonmsg.security.tokens import ACCESS_LIVES
from anonmsg.services.accounts.sign_ups import SIGN_UP_LIVES
from anonmsg.services.sessions import known_browsers
from anonmsg.services.sessions.token_pairs import TokenPair


class Cookies:
    """Reads and writes the cookies under the names that fit the site's scheme."""

    def __init__(self, *, is_https: bool) -> None:
        """Choose the names: browsers accept `__Host-` over https only."""
        prefix = "__Host-" if is_https else ""
        self._access, self._refresh = f"{prefix}access", f"{prefix}refresh"
        self._sign_up, self._known = f"{prefix}sign_up", f"{prefix}known"
        self._is_https = is_https

    def access(self, request: Request) -> str:
        """Return the request's access token, or an empty string."""
        return request.cookies.get(self._access, "")

    def refresh(self, request: Request) -> str:
        """Return the request's refresh token, or an empty string."""
        return request.cookies.get(self._refresh, "")

    def known(self, request: Request) -> str:
        """Return by what the browser is known from earlier sign-ins, or an empty string."""
        return request.cookies.get(self._known, "")

    def keep(self, answer: Response, pair: TokenPair) -> None:
        """Set both tokens' cookies while they are valid, and after a sign-in the browser's."""
        self._set(answer, self._access, pair.access, lives=ACCESS_LIVES)
        self._set(answer, self._refresh, pair.refresh, lives=pair.refresh_lives)
        if pair.known_browser:
            self._set(answer, self._known, pair.known_browser, lives=known_browsers.LIVES)

    def clear(self, answer: Response) -> None:
        """Delete both tokens' cookies; the browser stays known."""
        for name in (self._access, self._refresh):
            self._delete(answer, name)

    def sign_up(self, request: Request) -> str:
        """Return the random id of this browser's sign-up by form, or an empty string."""
        return request.cookies.get(self._sign_up, "")

    def keep_sign_up(self, answer: Response, browser: str) -> None:
        """Set the cookie that lets this browser enter its sign-up's code without scripts."""
        self._set(answer, self._sign_up, browser, lives=SIGN_UP_LIVES)

    def clear_sign_up(self, answer: Response) -> None:
        """Delete the sign-up's cookie."""
        self._delete(answer, self._sign_up)

    def _delete(self, answer: Response, name: str) -> None:
        answer.delete_cookie(name, path="/", secure=self._is_https, httponly=True, samesite="lax")

    def _set(self, answer: Response, name: str, token: str, *, lives: timedelta) -> None:
        answer.set_cookie(
            name,
            token,
            max_age=int(lives.total_seconds()),
            path="/",
            secure=self._is_https,
            httponly=True,
            samesite="lax",
        )
