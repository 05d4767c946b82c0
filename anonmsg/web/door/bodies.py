"""A request's body: how large it may be, and how slowly it may come.

A body that never ends would hold its connection, and whatever its route holds
meanwhile, for as long as its sender likes.
"""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

from anonmsg.web.door.admission import RequestLimits
from anonmsg.web.door.door_answers import refusal

TOO_SLOW, TOO_LARGE = 408, 413


class Body:
    """Passes on the body of one request, or answers it in the route's place."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limits: RequestLimits) -> None:
        """Start the clock."""
        self._scope, self._receive, self._send, self._limits = scope, receive, send, limits
        self._began = asyncio.get_running_loop().time()
        self._size = 0
        self._is_whole = False
        self._has_answer = False
        self.is_refused = False

    async def receive(self) -> Message:
        """Return the next part of the body; a disconnect if there won't be a good one."""
        if self._is_whole:
            return await self._receive()
        if self.is_refused:
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout_at(self._began + self._seconds()):
                message = await self._receive()
        except TimeoutError:
            return await self._refuse(TOO_SLOW)
        self._size += len(message.get("body", b""))
        if self._size > self._limits.body_bytes:
            return await self._refuse(TOO_LARGE)
        self._is_whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Pass on the route's answer, unless there has been one already."""
        if not self.is_refused:
            self._has_answer = True
            await self._send(message)

    def _seconds(self) -> float:
        """Return how long the next part may take, from the start: longer, the more has come."""
        earned = self._size / self._limits.body_bytes_per_second
        return min(self._limits.body_seconds, self._limits.body_patience + earned)

    async def _refuse(self, status: int) -> Message:
        self.is_refused = True
        if not self._has_answer:
            await refusal(self._scope, status)(self._scope, self._receive, self._send)
        return {"type": "http.disconnect"}
