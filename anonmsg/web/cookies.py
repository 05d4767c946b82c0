"""The two sign-in cookies: no script can read them."""

from __future__ import annotations

from starlette.requests import Request

from anonmsg.security.tokens import ACCESS_LIVES
from anonmsg.services.sessions.sessions import TokenPair


class Cookies:
    """Writes and reads them by the names that fit the site's scheme."""

    def __init__(self, *, is_https: bool) -> None:
        """Choose the names; `__Host-` is a promise that only https can keep."""
        prefix = "__Host-" if is_https else ""
        self._access, self._refresh = f"{prefix}access", f"{prefix}refresh"
        self._flags = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if is_https else "")

    def access(self, request: Request) -> str:
        """The access token that a request carries, or nothing."""
        return request.cookies.get(self._access, "")

    def refresh(self, request: Request) -> str:
        """The refresh token that a request carries, or nothing."""
        return request.cookies.get(self._refresh, "")

    def kept(self, pair: TokenPair) -> list[str]:
        """The Set-Cookie values that keep a pair for as long as it lives."""
        access, refresh = int(ACCESS_LIVES.total_seconds()), int(pair.refresh_lives.total_seconds())
        return [
            f"{self._access}={pair.access}; Max-Age={access}; {self._flags}",
            f"{self._refresh}={pair.refresh}; Max-Age={refresh}; {self._flags}",
        ]

    def gone(self) -> list[str]:
        """The Set-Cookie values that take both away."""
        return [f"{name}=; Max-Age=0; {self._flags}" for name in (self._access, self._refresh)]
