"""Answers every HTTP request that fails, whichever route it is for.

A server's own answer would be a bare "Internal Server Error" and pages of traceback in
the log, once for each request, for as long as a disk is full. Here it's a page that says
so, or JSON where that was asked for, and one line of log.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anonmsg import addresses
from anonmsg.errors import AppError
from anonmsg.locale import _
from anonmsg.runtime.incidents import failure_of
from anonmsg.web.posts import plain

# Seconds after which a browser or a crawler may ask again.
RETRY_AFTER = "5"
UNAVAILABLE = 503


class Aborted(Exception):
    """Raised to cut off a response that has begun, so that nobody takes it for complete."""


class Failures:
    """Wraps an ASGI app and answers for it where it fails."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer it with 503 if the app can't.

        Raises:
            Aborted: the response had already begun.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(_with_retry_after(message))

        try:
            await self._app(scope, receive, send_noted)
        except ClientDisconnect:
            # A phone that loses its network isn't our failure, and nobody is left to answer.
            return
        except Exception as error:  # noqa: BLE001  (whatever failed, someone waits for an answer)
            refusal = error if isinstance(error, AppError) else failure_of(error)
            if has_begun:
                raise Aborted from None
            answer = _answer(Request(scope), refusal)
            await answer(scope, receive, send_noted)


def _answer(request: Request, refusal: AppError) -> Response:
    """Return what a person or a script reads; it needs nothing that can fail."""
    status = plain.status_of(refusal)
    if wants_json(request):
        body = {"success": False, "message": refusal.sentence, "field": ""}
        return JSONResponse(body, status)
    way = plain.way_on(addresses.HOME.path, _("Home"))
    if request.method in {"GET", "HEAD"}:
        way = plain.way_on(_asked(request), _("Try again"), kind="primary")
    return plain.answer(_("Not available"), plain.alert(refusal.sentence), way, status=status)


def wants_json(request: Request) -> bool:
    """Return whether our script asks, which shows what is wrong itself."""
    is_refresh = request.scope["path"] == addresses.REFRESH.path
    return is_refresh or request.headers.get("accept", "").startswith("application/json")


def _asked(request: Request) -> str:
    """Return the path and query that were asked for; never another site's."""
    path = "/" + request.url.path.lstrip("/")
    return f"{path}?{request.url.query}" if request.url.query else path


def _with_retry_after(message: Message) -> Message:
    if message["type"] != "http.response.start" or message["status"] != UNAVAILABLE:
        return message
    headers = MutableHeaders(raw=list(message.get("headers", ())))
    headers.setdefault("Retry-After", RETRY_AFTER)
    return {**message, "headers": headers.raw}
