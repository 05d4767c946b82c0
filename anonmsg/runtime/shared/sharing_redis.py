"""What one process shares with others by Redis, made of the settings, and its tasks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from anonmsg.config import Settings
from anonmsg.runtime.incidents import kind_of
from anonmsg.runtime.shared.bus import Bus
from anonmsg.runtime.shared.day_secrets import SharedDaySecret
from anonmsg.runtime.shared.places import RENEW_SECONDS, Places
from anonmsg.runtime.shared.redis_link import RedisLink
from anonmsg.runtime.topics import Hub
from anonmsg.security import keys
from anonmsg.security.keys import Digests

logger = logging.getLogger(__name__)

FAILED_SECONDS = 5.0


class Shared:
    """The bus, the day's secret and the places of one process."""

    def __init__(self, settings: Settings, digests: Digests, hub: Hub) -> None:
        """Make everything; nothing connects yet.

        Args:
            settings: Where the address of Redis and the PEPPER are.
            digests: What key names are hashed by.
            hub: The hub of this process's tabs.
        """
        pepper = settings.pepper.get_secret_value()
        self.link = RedisLink(settings.redis_url, digests)
        self.bus = Bus(self.link, hub)
        self.day_secret = SharedDaySecret(self.link, keys.derive(pepper, "networks"))
        self._places: list[Places] = []

    def places(self, kind: str, *, most: int, new_per_minute: int = 0) -> Places:
        """Return the places of one kind; the tasks keep them."""
        made = Places(self.link, kind, most=most, new_per_minute=new_per_minute)
        self._places.append(made)
        return made

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen, publish, renew and look until the end of the block."""
        await self.day_secret.look()
        jobs = (self.bus.listen, self.bus.send, self._renew, self._look)
        tasks = [asyncio.create_task(_kept_up(job)) for job in jobs]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.link.close_loop()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            for each in self._places:
                await each.renew()

    async def _look(self) -> None:
        while True:
            wait = await self.day_secret.look()
            await asyncio.sleep(wait)


async def _kept_up(job: Callable[[], Awaitable[None]]) -> None:
    """Run a task that has no end, and again if it fails."""
    while True:
        try:
            await job()
        except Exception as error:  # noqa: BLE001  (one failure must not end the task)
            logger.error("Sharing by Redis failed: %s", kind_of(error))
        await asyncio.sleep(FAILED_SECONDS)
