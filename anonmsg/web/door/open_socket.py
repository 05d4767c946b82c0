"""An open socket: which of a browser's frames reach Reflex, and when we close it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import Message, Receive, Send

from anonmsg.web.door.admission import Allowance, SocketLimits
from anonmsg.web.door.frames import CONNECT, JOINED, Conversation

REFUSED = 1008
TOO_BIG = 1009
COME_AGAIN = 1012


class OpenSocket:
    """An open socket's two directions, and whether we've closed it."""

    def __init__(
        self, receive: Receive, send: Send, limits: SocketLimits, clock: Callable[[], float]
    ) -> None:
        """Wrap a socket's two directions.

        Args:
            receive: What the browser sends.
            send: What reaches the browser.
            limits: What it may send.
            clock: A monotonic clock in seconds.
        """
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


def _utf8_size(text: str, enough: int) -> int:
    """Return a text's size in bytes, or its length if that alone is over the limit."""
    return len(text) if len(text) > enough else len(text.encode("utf-8", "surrogatepass"))
