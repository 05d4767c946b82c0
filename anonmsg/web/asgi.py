"""The ASGI layers between the network and Reflex, outermost first.

Every answer is counted, and gets its security headers, whichever layer gives it. Next, the
doorway strips what could identify a visitor, and limits the requests and sockets.
Then come our own routes, the built files and Reflex's event socket. In development,
Vite serves the pages instead.
"""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from anonmsg.config import Settings
from anonmsg.framework import built_app
from anonmsg.framework.connections import connections
from anonmsg.runtime.runtime import run
from anonmsg.runtime.shared.sharing_redis import Shared
from anonmsg.services.sessions import token_pairs
from anonmsg.web.cookies import Cookies
from anonmsg.web.door.admission import Limits
from anonmsg.web.door.doorway import Doorway
from anonmsg.web.door.headers import SecurityHeaders
from anonmsg.web.door.monitor import Monitor
from anonmsg.web.door.networks import Networks
from anonmsg.web.prerendered.build import BuiltPages
from anonmsg.web.routes import http_app


def around(
    reflex: ASGIApp, settings: Settings, build: Path | None, shared: Shared | None = None
) -> ASGIApp:
    """Wrap Reflex's ASGI app in our own layers.

    Args:
        reflex: Reflex's own app.
        settings: The settings.
        build: The folder of the built pages; None in development.
        shared: What several processes share, where there is Redis.
    """
    built = BuiltPages(build, site=settings.site) if build else None
    ours = http_app(settings, built, built_app.files(build) if build else reflex)
    doorway = Doorway(
        _Split(reflex, ours),
        networks=Networks(
            settings.trusted_proxy_hops, secret=shared.day_secret if shared else None
        ),
        connections=connections,
        origins=settings.origins,
        limits=Limits().scaled(settings.limits_factor),
        whose_cookie=WhoseCookie(settings),
        shared=shared,
        workers=settings.workers,
    )
    complete = SecurityHeaders(doorway, is_https=settings.is_https, strict_csp=built is not None)
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    return Monitor(complete, token=token)


class _Split:
    """Sends requests to our routes; sockets, starts and stops to Reflex."""

    def __init__(self, reflex: ASGIApp, ours: ASGIApp) -> None:
        self._reflex, self._ours = reflex, ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_request = scope["type"] == "http"
        await (self._ours if is_request else self._reflex)(scope, receive, send)


class WhoseCookie:
    """Authenticates a socket's Cookie header before the doorway strips it."""

    def __init__(self, settings: Settings) -> None:
        """Set up the cookie names."""
        self._cookies = Cookies(is_https=settings.is_https)

    async def __call__(self, cookie_header: str) -> str:
        """Return the id of the live session that the cookies prove, or an empty string."""
        scope = {
            "type": "http",
            "headers": [(b"cookie", cookie_header.encode("latin-1", "replace"))],
        }
        request = Request(scope)
        access, refresh = self._cookies.access(request), self._cookies.refresh(request)
        if not access and not refresh:
            return ""
        return await run(token_pairs.id_from_tokens, access=access, refresh=refresh)
