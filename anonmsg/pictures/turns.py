"""Turns: a network has a few pictures drawn at a time, and its others wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anonmsg.errors import Busy

AT_ONCE = 4
# At 13 a second, the last one waits some five seconds.
MOST_WAITING = 64


class Turns:
    """The turns of each network that has any."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._inside: dict[str, int] = {}

    @asynccontextmanager
    async def of(self, network: str) -> AsyncIterator[None]:
        """Wait for a turn, and keep it until the end of the block.

        Raises:
            Busy: too many others of this network are waiting.
        """
        inside = self._inside.get(network, 0)
        if inside >= AT_ONCE + MOST_WAITING:
            raise Busy
        self._inside[network] = inside + 1
        turn = self._turns.setdefault(network, asyncio.Semaphore(AT_ONCE))
        try:
            async with turn:
                yield
        finally:
            self._inside[network] -= 1
            if not self._inside[network]:
                del self._inside[network], self._turns[network]
