"""The bus: what one process announces, the tabs of every process hear.

A message is a topic's hashed name, so it names no owner. Messages that come while
nobody listens are lost, so after each new subscription every watching tab looks again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from anonmsg.runtime.shared.bus_lag import BusLag
from anonmsg.runtime.shared.redis_link import PREFIX, RedisAway, RedisLink
from anonmsg.runtime.topics import Hub

logger = logging.getLogger(__name__)

CHANNEL = f"{PREFIX}topics"
# Seconds. A silent Redis is asked whether it's there, and given up if it doesn't answer.
SILENCE = 10.0
COMES_BACK_AFTER = 1.0
# So many topics are told together after a new subscription, and the pause after them.
AT_ONCE, PAUSE = 50, 0.1


class Bus:
    """Publishes a process's topics, and tells its hub everyone's."""

    def __init__(self, link: RedisLink, hub: Hub) -> None:
        """Connect a hub; nothing is sent before `listen` and `send` run.

        Args:
            link: The connection to Redis.
            hub: The hub of this process's tabs.
        """
        self._link, self._hub = link, hub
        self._waiting: dict[str, None] = {}
        self._has_some = asyncio.Event()
        self.is_listening = False
        self.lag = BusLag()
        hub.name_of, hub.publish = self.name_of, self.publish

    def name_of(self, topic: str) -> str:
        """Return the name by which other processes know a topic."""
        return self._link.hashed("topic", topic)

    def publish(self, topic: str) -> None:
        """Tell every process of a topic, soon; the same one twice is told once."""
        self._waiting[topic] = None
        self._has_some.set()

    def publish_now(self, topics: Collection[str]) -> None:
        """Tell every process of topics, from a command, which has no event loop.

        Raises:
            RedisAway: Redis can't be used now.
        """
        with self._link.using():
            for topic in dict.fromkeys(topics):
                self._link.threads.publish(CHANNEL, self.name_of(topic))

    async def check(self) -> None:
        """Check that this process hears what others publish.

        Raises:
            RedisAway: it doesn't.
        """
        if not self.is_listening:
            raise RedisAway

    async def send(self) -> None:
        """Send what is published, for as long as the app runs."""
        while True:
            await self._has_some.wait()
            self._has_some.clear()
            topics, self._waiting = list(self._waiting), {}
            if not (await self._is_sent(topics) and self.is_listening):
                # The tabs of this process can be told without Redis.
                for topic in topics:
                    await self._hub.hear(self.name_of(topic))

    async def _is_sent(self, topics: Collection[str]) -> bool:
        try:
            with self._link.using():
                pipe = self._link.loop.pipeline(transaction=False)
                for topic in topics:
                    pipe.publish(CHANNEL, self.name_of(topic))
                await pipe.execute()
        except RedisAway:
            return False
        return True

    async def measure(self) -> None:
        """Send a probe; it's heard by this process, and nothing to the others."""
        with contextlib.suppress(RedisAway), self._link.using():
            await self._link.loop.publish(CHANNEL, self.lag.next())

    async def listen(self) -> None:
        """Tell this process's tabs what any process announces, for as long as the app runs."""
        while True:
            client = self._link.subscriber()
            try:
                async with client.pubsub() as heard:
                    await self._listen_to(heard)
            except (RedisError, OSError) as error:
                self._link.note_away(error)
            finally:
                self.is_listening = False
                await client.aclose()
            await asyncio.sleep(COMES_BACK_AFTER)

    async def _listen_to(self, heard: PubSub) -> None:
        await heard.subscribe(CHANNEL)
        is_asked = False
        while True:
            message = await heard.get_message(timeout=SILENCE)
            if message is None:
                if is_asked:
                    raise TimeoutError
                await heard.ping()
            elif message["type"] == "subscribe":
                self.is_listening = True
                await self._look_again()
            elif message["type"] == "message":
                name = message["data"].decode("ascii", "replace")
                if not self.lag.is_probe(name):
                    await self._hub.hear(name)
            is_asked = message is None

    async def _look_again(self) -> None:
        """Tell every topic that is watched: what came meanwhile was heard by nobody."""
        self._link.note_back()
        names = self._hub.names()
        for start in range(0, len(names), AT_ONCE):
            for name in names[start:][:AT_ONCE]:
                await self._hub.hear(name)
            await asyncio.sleep(PAUSE)
