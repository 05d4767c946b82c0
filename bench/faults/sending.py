"""Senders who press **Send** again, with the same retry key, until they're told it worked."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bench.faults.http import Http, network
from bench.faults.ledger import Ledger
from bench.faults.tabs import Tab

RETRY_SECONDS = 0.1
# Sends a text with a retry key; returns whether the sender was told that it was sent.
Send: TypeAlias = Callable[[str, str], Awaitable[bool]]
Way: TypeAlias = Callable[[int, str, int], "Sender"]


class Sender(ABC):
    """Somebody who writes to one inbox."""

    @abstractmethod
    async def send(self, text: str, key: str) -> bool:
        """Send once; return whether it was acknowledged.

        Raises:
            OSError: there was no answer.
        """

    @abstractmethod
    async def close(self) -> None:
        """Leave."""


class Poster(Sender):
    """Sends the form natively."""

    def __init__(self, port: int, inbox: str, number: int) -> None:
        """Come from a network of one's own."""
        self._http, self._path = Http(port, network(number)), f"/u/{inbox}"

    async def send(self, text: str, key: str) -> bool:
        """Post the form."""
        answer = await self._http.post(self._path, {"message": text, "key": key})
        return answer.status == 200 and b"Message sent anonymously" in answer.body

    async def close(self) -> None:
        """Close the connection."""
        self._http.close()


class Tabber(Sender):
    """Sends by an event of the open page."""

    def __init__(self, port: int, inbox: str, number: int) -> None:
        """Come from a network of one's own."""
        self._tab = Tab(port, f"/u/{inbox}", network(number))

    async def send(self, text: str, key: str) -> bool:
        """Send the event; open the page first where that's needed."""
        try:
            if self._tab.socket is None:
                await self._tab.open()
                await self._tab.load()
            return await self._tab.leave_message(text, key)
        except OSError:
            await self._tab.close()
            raise
        finally:
            self._tab.frames.clear()

    async def close(self) -> None:
        """Close the tab."""
        await self._tab.close()


async def keep_sending(
    sender: Sender, ledger: Ledger, *, stops_at: Callable[[], bool], pause: float = 0.0
) -> None:
    """Send one message after another, each until it's acknowledged.

    Args:
        sender: Who sends.
        ledger: Where what they were told is noted.
        stops_at: Whether to begin no other message.
        pause: Seconds between two messages, on average.
    """
    try:
        # Not all at the same moment.
        await asyncio.sleep(random.uniform(0, pause))  # noqa: S311
        while not stops_at():
            await send_until_told(sender, ledger)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
    finally:
        await sender.close()


async def send_until_told(sender: Sender, ledger: Ledger) -> None:
    """Send one new message until it's acknowledged."""
    text, key, began = ledger.new(), secrets.token_hex(16), time.monotonic()
    while True:
        try:
            if await sender.send(text, key):
                ledger.acknowledge(text, began)
                return
            ledger.refused += 1
        except OSError:
            pass
        await asyncio.sleep(RETRY_SECONDS)
