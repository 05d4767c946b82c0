"""The outermost layer: counts every answer, and knows who may read the counts.

It comes before the doorway, which takes away the address and the headers by which an
operator is told from everyone else.
"""

from __future__ import annotations

import hmac
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anonmsg.addresses import METRICS, template_of
from anonmsg.runtime.metrics import here

if TYPE_CHECKING:
    from prometheus_client import Counter

# The name under which a request's state says that its sender may read /metrics.
MAY_READ = "may_read_metrics"
# Any other word is somebody's own, and counts as one.
METHODS = frozenset({"GET", "HEAD", "POST"})
BEARER = "bearer "
# A proxy on this machine adds one of these, and then the request is somebody else's.
OF_PROXIES = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip"})
OF_PROXIES_BEGIN = ("x-forwarded-", "cf-")
# What nginx speaks where nobody has configured it to speak 1.1 or to add any header; then
# it asks for "127.0.0.1", too. Neither Prometheus nor curl does.
OLD_VERSIONS = frozenset({"1", "1.0"})


class Monitor:
    """Wraps an ASGI app as its outermost layer."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        """Wrap an app.

        Args:
            app: The app.
            token: METRICS_TOKEN, or an empty string.
        """
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in METHODS else "other"
                _requests(template_of(path), method, message["status"]).inc()
            await send(message)

        if path == METRICS.path and may_read(scope, self._token):
            scope = {**scope, "state": {**scope.get("state", {}), MAY_READ: True}}
        await self._app(scope, receive, send_counted)


@cache
def _requests(route: str, method: str, status: int) -> Counter:
    """Return a counter; there are few, and looking one up by its labels takes longer."""
    return here().requests.labels(route, method, status)


def may_read(scope: Scope, token: str) -> bool:
    """Return whether a request for /metrics comes from the operator.

    Args:
        scope: The request as the server got it.
        token: METRICS_TOKEN, or an empty string.
    """
    headers = Headers(scope=scope)
    said = headers.get("authorization", "")
    if token and said[: len(BEARER)].lower() == BEARER:
        return hmac.compare_digest(said[len(BEARER) :].strip().encode(), token.encode())
    return _is_from_here(scope, headers)


def _is_from_here(scope: Scope, headers: Headers) -> bool:
    """Return whether this machine asks for itself, not a proxy or a page in a browser on it."""
    client = scope.get("client")
    if not client or not _is_loopback(client[0]):
        return False
    if scope.get("http_version") in OLD_VERSIONS:
        return False
    if any(name in OF_PROXIES or name.startswith(OF_PROXIES_BEGIN) for name in headers):
        return False
    # A name that somebody else controls can lead a browser on this machine here.
    host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
    return host == "localhost" or _is_loopback(host.strip("[]"))


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
