"""Places that all processes share: sockets and requests of a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from anonmsg.runtime.shared.places import Places
from tests.fakes import Clock
from tests.redis_server import RedisServer, redis_server
from tests.services.test_shared_counts import link_to


@pytest.fixture
async def process(redis: RedisServer, clock: Clock) -> AsyncIterator[Callable[..., Places]]:
    links = []

    def made(**options: int) -> Places:
        links.append(link_to(redis))
        return Places(links[-1], "sockets", clock=clock.seconds, **options)

    yield made
    for link in links:
        await link.close_loop()


async def test_a_network_has_so_many_places_in_all_processes(
    process: Callable[..., Places],
) -> None:
    one, other = process(most=3), process(most=3)
    first, second = await one.enter("n"), await other.enter("n")
    assert first
    assert second
    assert await one.enter("n")
    assert await one.enter("n") is None
    assert await other.enter("n") is None
    assert await other.enter("another")
    await one.leave(first)
    assert await other.enter("n")


async def test_a_killed_process_s_places_come_free_and_a_living_one_s_do_not(
    process: Callable[..., Places], clock: Clock
) -> None:
    killed, living = process(most=2), process(most=2)
    await killed.enter("n")
    await living.enter("n")
    for _ in range(3):
        assert await living.enter("n") is None
        clock.move(seconds=30)
        await living.renew()
    assert await living.enter("n")
    assert await living.enter("n") is None


async def test_new_ones_have_a_limit_of_their_own(
    process: Callable[..., Places], clock: Clock
) -> None:
    places = process(most=100, new_per_minute=5)
    for _ in range(5):
        place = await places.enter("n")
        assert place
        await places.leave(place)
    assert await places.enter("n") is None
    clock.move(minutes=2)
    assert await places.enter("n")


async def test_redis_away_gives_places_and_redis_back_counts_those_that_are_held(
    clock: Clock,
) -> None:
    with redis_server() as server:
        link = link_to(server)
        places = Places(link, "sockets", most=2, clock=clock.seconds)
        held = [await places.enter("n")]
        server.stop()
        held.append(await places.enter("n"))
        held.append(await places.enter("n"))
        assert all(held)
        server.start()
        link._away_until = 0.0
        await places.renew()
        assert await places.enter("n") is None
        for each in held[:2]:
            await places.leave(each)
        assert await places.enter("n")
        await link.close_loop()


async def test_no_place_tells_when_it_was_taken(
    process: Callable[..., Places], clock: Clock, redis: RedisServer
) -> None:
    clock.move(seconds=7.3)
    await process(most=2).enter("marker")
    with redis.client() as client:
        [key] = client.scan_iter()
        assert b"marker" not in key
        [(_, until)] = client.zrange(key, 0, -1, withscores=True)
    assert until % 30_000 == 0
    assert 90 <= until / 1000 - clock.seconds() < 120
