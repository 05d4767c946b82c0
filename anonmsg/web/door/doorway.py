"""Everything that comes in from the network passes here, before Reflex sees it.

Reflex keeps each socket's headers and address in its state, trusts whatever
a socket sends and never says that it is enough. So nothing that could name a
visitor is let through, sockets are counted, and their frames are weighed.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anonmsg import addresses
from anonmsg.framework.connections import CONNECTION_COOKIE, Connections
from anonmsg.web.door.admission import Admission, Allowance, SocketLimits
from anonmsg.web.door.browser_names import browser_name_of
from anonmsg.web.door.frames import Conversation
from anonmsg.web.door.networks import Networks

__all__ = ["Doorway", "SocketLimits"]

logger = logging.getLogger(__name__)

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

REFUSED = 1008
TOO_BIG = 1009
OUR_FAULT = 1011


class Doorway:
    """Wraps an ASGI app, outermost of all."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        networks: Networks,
        connections: Connections,
        origins: Collection[str],
        limits: SocketLimits,
        whose_cookie: Callable[[str], Awaitable[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand in front of an app.

        Args:
            app: What is inside.
            networks: Names the network a request comes from.
            connections: Where open sockets are noted.
            origins: The pages that sockets may be opened from.
            limits: How many sockets, and how much each may send.
            whose_cookie: Proves a Cookie header; the sign-in's id, "" for a stranger.
            clock: Seconds that only ever grow.
        """
        self._app = app
        self._networks = networks
        self._connections = connections
        self._origins = frozenset(origins)
        self._limits = limits
        self._whose_cookie = whose_cookie
        self._clock = clock
        self._admission = Admission(limits, clock=clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request or a socket in, unnamed, or turn it away."""
        if scope["type"] == "http":
            network = self._networks.key(scope)
            headers = [each for each in scope["headers"] if each[0].lower() in REQUEST_HEADERS]
            unnamed = _unnamed(scope, network, headers)
            if scope["path"] == addresses.SIGN_IN.path:
                # Only of an owner who signs in, and only its kind.
                unnamed["state"]["browser"] = browser_name_of(
                    Headers(scope=scope).get("user-agent", "")
                )
            await self._app(unnamed, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        network = self._networks.key(scope)
        if not self._is_welcome(scope) or not self._admission.enter(network):
            await send({"type": "websocket.close", "code": REFUSED})
            return
        try:
            session_id = await self._proven(scope)
            if session_id is None:
                await send({"type": "websocket.close", "code": OUR_FAULT})
                return
            await self._visit(scope, receive, send, network, session_id)
        finally:
            self._admission.leave(network)

    def _is_welcome(self, scope: Scope) -> bool:
        """Whether a page of ours opens the socket, for one browser tab.

        A `sid` would join a socket that is open already, which only the
        polling transport needs, and that one is off.
        """
        origins = Headers(scope=scope).getlist("origin")
        if len(origins) != 1 or origins[0] not in self._origins:
            return False
        try:
            query = parse_qs(scope["query_string"].decode(), max_num_fields=MOST_QUERY_FIELDS)
        except ValueError:
            return False
        tokens = query.get("token", [])
        return len(tokens) == 1 and bool(CLIENT_TOKEN.fullmatch(tokens[0])) and "sid" not in query

    async def _proven(self, scope: Scope) -> str | None:
        """Whose sign-in the socket's cookie proves, or None where that cannot be told."""
        cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
        try:
            return await self._whose_cookie(cookies)
        except Exception as error:  # noqa: BLE001 - whatever it is, the door stays shut.
            logger.error("A socket was refused: its cookie met a %s.", type(error).__name__)
            return None

    async def _visit(
        self, scope: Scope, receive: Receive, send: Send, network: str, session_id: str
    ) -> None:
        connection_id = self._connections.open(network, session_id)
        socket = _Socket(receive, send, self._limits, self._clock)
        headers, protocols = _socket_headers(scope)
        headers.append((b"cookie", f"{CONNECTION_COOKIE}={connection_id}".encode()))
        inner = {**_unnamed(scope, network, headers), "subprotocols": protocols}
        try:
            await self._app(inner, socket.receive, socket.send)
        finally:
            self._connections.close(connection_id)


class _Socket:
    """An open socket's two directions, and whether we have hung up."""

    def __init__(
        self, receive: Receive, send: Send, limits: SocketLimits, clock: Callable[[], float]
    ) -> None:
        self._receive = receive
        self._send = send
        self._frame_bytes = limits.frame_bytes
        self._allowance = Allowance(per_second=limits.per_second, burst=limits.burst, clock=clock)
        self._conversation = Conversation()
        self._closed_with: int | None = None

    async def receive(self) -> Message:
        """The next message that the app may hear."""
        while self._closed_with is None:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            text = message.get("text")
            self._closed_with = self._objection(text, message.get("bytes"))
            if self._closed_with is not None:
                await self._send({"type": "websocket.close", "code": self._closed_with})
            elif text is not None and (frame := self._conversation.hear(text)) is not None:
                return {"type": "websocket.receive", "text": frame}
        return {"type": "websocket.disconnect", "code": self._closed_with}

    async def send(self, message: Message) -> None:
        """Pass on what the app says, until we have hung up."""
        if self._closed_with is None:
            await self._send(message)

    def _objection(self, text: str | None, data: bytes | None) -> int | None:
        """Why to hang up after a frame, as a close code; None to go on."""
        if not self._allowance.take():
            return REFUSED
        size = _utf8_size(text, self._frame_bytes) if text is not None else len(data or b"")
        return TOO_BIG if size > self._frame_bytes else None


def _unnamed(scope: Scope, network: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    """A copy of a scope that tells nothing of the client but its network's key."""
    state = {**scope.get("state", {}), "network": network}
    return {**scope, "client": NOBODY, "headers": headers, "state": state}


def _socket_headers(scope: Scope) -> tuple[list[tuple[bytes, bytes]], list[str]]:
    """The headers a handshake needs, and the subprotocols it offers.

    Reflex's client offers its version there, and Reflex logs one that is not
    its own: anything that is no version number is left out.
    """
    headers = [each for each in scope["headers"] if each[0].lower() in SOCKET_HEADERS]
    offered = ",".join(Headers(scope=scope).getlist(PROTOCOL_HEADER.decode())).split(",")
    protocols = [each.strip() for each in offered if VERSION.fullmatch(each.strip())]
    if protocols:
        headers.append((PROTOCOL_HEADER, ", ".join(protocols).encode()))
    return headers, protocols


def _utf8_size(text: str, enough: int) -> int:
    """The bytes of a text; of one that is too long in any case, its characters."""
    return len(text) if len(text) > enough else len(text.encode("utf-8", "surrogatepass"))
