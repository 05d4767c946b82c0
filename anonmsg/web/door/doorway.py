"""The outermost layer, which everything from the network passes before Reflex.

Reflex keeps each socket's headers and address in its state, trusts whatever a
socket sends, and limits nothing. So this layer strips what could identify a
visitor, counts the requests and sockets of a network, and limits what they send.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from anonmsg.framework.connections import CONNECTION_COOKIE, Connections
from anonmsg.runtime.shared.sharing_redis import Shared
from anonmsg.web.door.admission import Admission, Limits, SocketLimits, open_requests
from anonmsg.web.door.missing_sockets import MissingSockets
from anonmsg.web.door.networks import Networks
from anonmsg.web.door.open_socket import REFUSED, OpenSocket
from anonmsg.web.door.request_door import RequestDoor, anonymised

__all__ = ["Doorway", "Limits", "SocketLimits"]

logger = logging.getLogger(__name__)

SOCKET_HEADERS = frozenset(
    {
        b"host",
        b"origin",
        b"upgrade",
        b"connection",
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"sec-websocket-extensions",
    }
)
PROTOCOL_HEADER = b"sec-websocket-protocol"
VERSION = re.compile(r"[0-9]+(\.[0-9a-z]{1,8}){1,4}")
CLIENT_TOKEN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MOST_QUERY_FIELDS = 16

OUR_FAULT = 1011


class Doorway:
    """Wraps an ASGI app as its outermost layer."""

    def __init__(  # noqa: PLR0913  (each is another part of the world outside)
        self,
        app: ASGIApp,
        *,
        networks: Networks,
        connections: Connections,
        origins: Collection[str],
        limits: Limits,
        whose_cookie: Callable[[str], Awaitable[str]],
        clock: Callable[[], float] = time.monotonic,
        shared: Shared | None = None,
        workers: int = 1,
    ) -> None:
        """Wrap an app.

        Args:
            app: The app to protect.
            networks: Gives the key of a request's network.
            connections: Registers the open sockets.
            origins: The origins that may open sockets.
            limits: How many requests and sockets there may be, and what each may send.
            whose_cookie: Authenticates a Cookie header; returns the session's
                id, or "" for a stranger.
            clock: A monotonic clock in seconds.
            shared: What several processes share, where there is Redis.
            workers: How many processes serve on this machine.
        """
        self._app = app
        self._networks = networks
        self._connections = connections
        self._origins = frozenset(origins)
        self._limits = limits.sockets
        self._whose_cookie = whose_cookie
        self._clock = clock
        self._admission = Admission(limits.sockets, clock=clock)
        self._missing_sockets = MissingSockets(clock)
        opened = open_requests(limits.requests.open_per_network, shared, workers=workers)
        self._requests = RequestDoor(app, networks, limits.requests, self._missing_sockets, opened)
        self._places = shared and shared.places(
            "sockets",
            most=limits.sockets.open_per_network,
            new_per_minute=limits.sockets.new_per_minute,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on an anonymised request or socket, or refuse it."""
        if scope["type"] == "http":
            await self._requests(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._missing_sockets.note_socket()
        network = self._networks.key(scope)
        if not self._is_allowed(scope) or not self._admission.enter(network):
            await send({"type": "websocket.close", "code": REFUSED})
            return
        place = None
        try:
            if self._places and (place := await self._places.enter(network)) is None:
                await send({"type": "websocket.close", "code": REFUSED})
                return
            session_id = await self._session_of(scope)
            if session_id is None:
                await send({"type": "websocket.close", "code": OUR_FAULT})
                return
            await self._serve(scope, receive, send, network, session_id)
        finally:
            self._admission.leave(network)
            if self._places and place:
                await self._places.leave(place)

    def _is_allowed(self, scope: Scope) -> bool:
        """Return whether one of our pages is opening the socket for one browser tab.

        A `sid` would join a socket that's already open. Only the polling
        transport needs that, and it's turned off.
        """
        origins = Headers(scope=scope).getlist("origin")
        if len(origins) != 1 or origins[0] not in self._origins:
            return False
        try:
            tokens = _tokens_in(scope)
        except ValueError:
            return False
        return len(tokens) == 1 and bool(CLIENT_TOKEN.fullmatch(tokens[0]))

    async def _session_of(self, scope: Scope) -> str | None:
        """Return the session id that the socket's cookie proves, or None if the check fails."""
        cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
        try:
            return await self._whose_cookie(cookies)
        except Exception as error:  # noqa: BLE001 - Whatever went wrong, fail closed.
            logger.error("Refused a socket: checking its cookie raised %s.", type(error).__name__)
            return None

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, network: str, session_id: str
    ) -> None:
        connection_id = self._connections.open(network, session_id)
        # The guard notes it too, but not while a tab's state can't be had.
        self._connections.note_tab(_tokens_in(scope)[0], connection_id)
        socket = OpenSocket(receive, send, self._limits, self._clock)
        self._connections.ends_by(connection_id, socket.end)
        headers, protocols = _socket_headers(scope)
        headers.append((b"cookie", f"{CONNECTION_COOKIE}={connection_id}".encode()))
        inner = {**anonymised(scope, network, headers), "subprotocols": protocols}
        try:
            await self._app(inner, socket.receive, socket.send)
        finally:
            socket.over()
            self._connections.close(connection_id)


def _tokens_in(scope: Scope) -> list[str]:
    """Return the tokens in a socket's address; none if it names a socket that's open.

    Raises:
        ValueError: it can't be read.
    """
    query = parse_qs(scope["query_string"].decode(), max_num_fields=MOST_QUERY_FIELDS)
    return [] if "sid" in query else query.get("token", [])


def _socket_headers(scope: Scope) -> tuple[list[tuple[bytes, bytes]], list[str]]:
    """Return the headers that a handshake needs, and the subprotocols it offers.

    Reflex's client offers its version as a subprotocol, and Reflex logs any that
    doesn't match its own. So we drop everything but version numbers.
    """
    headers = [each for each in scope["headers"] if each[0].lower() in SOCKET_HEADERS]
    offered = ",".join(Headers(scope=scope).getlist(PROTOCOL_HEADER.decode())).split(",")
    protocols = [each.strip() for each in offered if VERSION.fullmatch(each.strip())]
    if protocols:
        headers.append((PROTOCOL_HEADER, ", ".join(protocols).encode()))
    return headers, protocols
