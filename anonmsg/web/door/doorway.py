"""The outermost layer, which everything from the network passes before Reflex.

Reflex keeps each socket's headers and address in its state, trusts whatever a
socket sends, and limits nothing. So this layer strips what could identify a
visitor, counts the requests and sockets of a network, and limits what they send.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anonmsg.framework.connections import CONNECTION_COOKIE, Connections
from anonmsg.runtime.shared.sharing_redis import Shared
from anonmsg.web.door.admission import (
    Admission,
    Allowance,
    Limits,
    SocketLimits,
    open_requests,
)
from anonmsg.web.door.frames import CONNECT, JOINED, Conversation
from anonmsg.web.door.missing_sockets import MissingSockets
from anonmsg.web.door.networks import Networks
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

REFUSED = 1008
TOO_BIG = 1009
OUR_FAULT = 1011
COME_AGAIN = 1012


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
        socket = _Socket(receive, send, self._limits, self._clock)
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


class _Socket:
    """An open socket's two directions, and whether we've closed it."""

    def __init__(
        self, receive: Receive, send: Send, limits: SocketLimits, clock: Callable[[], float]
    ) -> None:
        self._receive = receive
        self._send = send
        self._frame_bytes = limits.frame_bytes
        self._allowance = Allowance(per_second=limits.per_second, burst=limits.burst, clock=clock)
        self._conversation = Conversation()
        self._closed_with: int | None = None
        self._joins_within = limits.joins_within
        self._joining: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        """Return the next message that the app may see."""
        while self._closed_with is None:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            text = message.get("text")
            self._closed_with = self._objection(text, message.get("bytes"))
            if self._closed_with is not None:
                await self._send({"type": "websocket.close", "code": self._closed_with})
            elif text is not None and (frame := self._conversation.hear(text)) is not None:
                if frame.startswith(CONNECT):
                    # A tab may leave and connect again; only the last one is waited for.
                    self.over()
                    self._joining = asyncio.create_task(self._end_unless_joined())
                return {"type": "websocket.receive", "text": frame}
        return {"type": "websocket.disconnect", "code": self._closed_with}

    async def send(self, message: Message) -> None:
        """Pass on the app's message, unless we've closed the socket."""
        if str(message.get("text")).startswith(JOINED):
            self.over()
        if self._closed_with is None:
            await self._send(message)

    async def end(self) -> None:
        """Close the socket; the server then tells the app."""
        if self._closed_with is None:
            self._closed_with = COME_AGAIN
            await self._send({"type": "websocket.close", "code": COME_AGAIN})

    async def _end_unless_joined(self) -> None:
        """Close a socket that the app doesn't answer: without Redis, it can't.

        Otherwise the tab would wait for ever, and it comes back by itself.
        """
        await asyncio.sleep(self._joins_within)
        await self.end()

    def over(self) -> None:
        """Wait for no answer any more."""
        if self._joining is not None:
            self._joining.cancel()

    def _objection(self, text: str | None, data: bytes | None) -> int | None:
        """Return the close code if a frame breaks a limit, otherwise None."""
        if not self._allowance.take():
            return REFUSED
        size = _utf8_size(text, self._frame_bytes) if text is not None else len(data or b"")
        return TOO_BIG if size > self._frame_bytes else None


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


def _utf8_size(text: str, enough: int) -> int:
    """Return a text's size in bytes, or its length if that alone is over the limit."""
    return len(text) if len(text) > enough else len(text.encode("utf-8", "surrogatepass"))
