"""What every HTTP request passes: the limits of its network, and what it may tell.

Whatever is refused here, no route has seen, and nothing has been looked up for it.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from anonmsg import addresses
from anonmsg.web.door.admission import OpenRequests, RequestLimits
from anonmsg.web.door.bodies import TOO_LARGE, Body
from anonmsg.web.door.browser_names import browser_name_of
from anonmsg.web.door.door_answers import refusal
from anonmsg.web.door.missing_sockets import MissingSockets
from anonmsg.web.door.networks import Networks

NOBODY = ("0.0.0.0", 0)  # noqa: S104  (no address at all; nothing listens on it)
REQUEST_HEADERS = frozenset(
    {
        b"host",
        b"cookie",
        b"origin",
        b"content-type",
        b"content-length",
        b"accept",
        b"accept-encoding",
        b"sec-fetch-site",
        b"sec-fetch-mode",
        b"sec-fetch-dest",
        b"if-none-match",
        b"if-modified-since",
        b"range",
    }
)
# Control characters and lone surrogates (Unicode's categories Cc and Cs).
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
BAD_PATH, TOO_MANY = 400, 429
LENGTH = b"content-length"
# Digits of a Content-Length that are read; so many are too large anyway.
MOST_DIGITS = 9


class RequestDoor:
    """Lets requests through to an app."""

    def __init__(
        self,
        app: ASGIApp,
        networks: Networks,
        limits: RequestLimits,
        missing_sockets: MissingSockets,
        open_requests: OpenRequests | None = None,
    ) -> None:
        """Wrap an app.

        Args:
            app: The app.
            networks: Gives the key of a request's network.
            limits: What a request may send, and how many there may be.
            missing_sockets: Notices pages without sockets.
            open_requests: The count that several processes share; by default this one's.
        """
        self._app, self._networks, self._limits = app, networks, limits
        self._missing_sockets = missing_sockets
        self._open = open_requests or OpenRequests(limits.open_per_network)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on an anonymised request, or answer it."""
        network = self._networks.key(scope)
        if (status := self._objection(scope)) is not None:
            await refusal(scope, status)(scope, receive, send)
        elif not self._open.enter(network):
            await refusal(scope, TOO_MANY)(scope, receive, send)
        else:
            place = None
            try:
                place = await self._open.take_place(network)
                if place is None:
                    await refusal(scope, TOO_MANY)(scope, receive, send)
                else:
                    await self._answer(scope, receive, send, network)
            finally:
                self._open.leave(network)
                await self._open.give_back(place)

    def _objection(self, scope: Scope) -> int | None:
        """Return the status of a request that no route needs to see, otherwise None."""
        if UNPRINTABLE.search(scope["path"]):
            return BAD_PATH
        size = next((value for name, value in scope["headers"] if name == LENGTH), b"0")
        is_large = size.isdigit() and int(size[:MOST_DIGITS]) > self._limits.body_bytes
        return TOO_LARGE if is_large else None

    async def _answer(self, scope: Scope, receive: Receive, send: Send, network: str) -> None:
        self._missing_sockets.note_request(scope)
        headers = [each for each in scope["headers"] if each[0].lower() in REQUEST_HEADERS]
        inner = anonymised(scope, network, headers)
        if scope["path"] == addresses.SIGN_IN.path:
            # Only for an owner signing in, and only the kind of browser.
            inner["state"]["browser"] = browser_name_of(Headers(scope=scope).get("user-agent", ""))
        body = Body(scope, receive, send, self._limits)
        try:
            await self._app(inner, body.receive, body.send)
        except Exception:
            # The route was told that its client has left, and says so.
            if not body.is_refused:
                raise


def anonymised(scope: Scope, network: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    """Return a copy of a scope that identifies only the client's network, by its key."""
    state = {**scope.get("state", {}), "network": network}
    return {**scope, "client": NOBODY, "headers": headers, "state": state}
