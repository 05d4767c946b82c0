"""The bus: what one process announces, the tabs of every process hear."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from anonmsg.runtime.shared.bus import CHANNEL, Bus
from anonmsg.runtime.topics import Hub, Tab, arrivals_of, inbox_of, page_of
from tests.redis_server import RedisServer, redis_server
from tests.services.test_shared_counts import link_to

WITHIN = 20.0


class Process:
    """A hub with its bus, and what its tabs were told."""

    def __init__(self, redis: RedisServer) -> None:
        self.told: list[str] = []
        self.hub = Hub(tell=self._tell, moment=(0.0, 0.0))
        self.link = link_to(redis)
        self.bus = Bus(self.link, self.hub)

    async def _tell(self, _tab: Tab, topic: str) -> None:
        self.told.append(topic)

    async def hears(self, *topics: str) -> None:
        """Wait until exactly these were told."""
        async with asyncio.timeout(WITHIN):
            while sorted(self.told) != sorted(topics):
                await asyncio.sleep(0.01)
        self.told.clear()

    async def listens(self) -> None:
        async with asyncio.timeout(WITHIN):
            while not self.bus.is_listening:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def process(redis: RedisServer, *topics: str) -> AsyncIterator[Process]:
    made = Process(redis)
    for topic in topics:
        made.hub.watch(topic, Tab("token", f"socket of {topic}"))
    tasks = [asyncio.create_task(job()) for job in (made.bus.listen, made.bus.send)]
    await made.listens()
    # Whatever came before is unknown to a new subscriber.
    await made.hears(*topics)
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await made.link.close_loop()


async def test_every_process_hears_what_one_announces(redis: RedisServer) -> None:
    topics = (inbox_of("ada"), arrivals_of("ada"), page_of("ada"))
    async with process(redis, *topics) as one, process(redis, *topics) as other:
        for topic in (*topics, inbox_of("grace")):
            await one.hub.announce(topic)
        await one.hears(*topics)
        await other.hears(*topics)


async def test_who_no_longer_watches_hears_nothing(redis: RedisServer) -> None:
    async with process(redis, inbox_of("ada"), page_of("ada")) as one:
        one.hub.leave(f"socket of {inbox_of('ada')}")
        await one.hub.announce(inbox_of("ada"))
        await one.hub.announce(page_of("ada"))
        await one.hears(page_of("ada"))


async def test_a_command_is_heard(redis: RedisServer) -> None:
    async with process(redis, inbox_of("ada")) as server:
        command = Process(redis)
        await asyncio.to_thread(command.bus.publish_now, [inbox_of("ada"), inbox_of("ada")])
        await server.hears(inbox_of("ada"))
        command.link.close()


async def test_no_owner_is_named_on_the_bus(redis: RedisServer) -> None:
    async with process(redis, inbox_of("marker")) as one:
        with redis.client() as client, client.pubsub() as heard:
            heard.subscribe(CHANNEL)
            heard.get_message(timeout=1)
            await one.hub.announce(inbox_of("marker"))
            await one.hears(inbox_of("marker"))
            message = heard.get_message(timeout=5)
        assert message
        assert b"marker" not in message["data"]
        assert len(message["data"]) == 32


async def test_nonsense_on_the_bus_tells_nobody(redis: RedisServer) -> None:
    async with process(redis, inbox_of("ada")) as one:
        with redis.client() as client:
            for data in (b"", b"\xff\x00", b"x" * 100_000, inbox_of("ada").encode()):
                client.publish(CHANNEL, data)
        await one.hub.announce(inbox_of("ada"))
        await one.hears(inbox_of("ada"))


async def test_while_redis_is_away_own_tabs_are_told_and_then_all_look_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    topics = (inbox_of("ada"), page_of("ada"))
    with redis_server() as server:
        async with process(server, *topics) as one, process(server, *topics) as other:
            server.stop()
            async with asyncio.timeout(WITHIN):
                while one.bus.is_listening or other.bus.is_listening:
                    await asyncio.sleep(0.01)
            await one.hub.announce(inbox_of("ada"))
            await one.hears(inbox_of("ada"))
            assert other.told == []
            server.start()
            await one.hears(*topics)
            await other.hears(*topics)
            await other.hub.announce(page_of("ada"))
            await one.hears(page_of("ada"))
    # Of each process: that Redis went, and that it's back.
    assert sorted(each.levelname for each in caplog.records) == ["ERROR"] * 2 + ["WARNING"] * 2
