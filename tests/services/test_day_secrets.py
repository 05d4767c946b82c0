"""The day's secret of several processes: the same for all, and of no use without the PEPPER."""

from __future__ import annotations

from anonmsg.runtime.shared.day_secrets import LOOK_SECONDS, SALT_KEY, SharedDaySecret
from anonmsg.runtime.shared.redis_link import RedisLink
from tests.fakes import Clock
from tests.redis_server import RedisServer, redis_server
from tests.services.test_shared_counts import link_to

KEY = b"k" * 32


def process(link: RedisLink, clock: Clock, key: bytes = KEY) -> SharedDaySecret:
    return SharedDaySecret(link, key, clock.seconds)


async def test_processes_have_one_secret_and_another_pepper_has_another(
    redis: RedisServer, clock: Clock
) -> None:
    link = link_to(redis)
    one, other = process(link, clock), process(link, clock)
    stranger = process(link, clock, b"s" * 32)
    assert one.value() != other.value()
    for each in (one, other, stranger):
        assert await each.look() == LOOK_SECONDS
    assert one.value() == other.value() != stranger.value()
    with redis.client() as client:
        salt = client.get(SALT_KEY)
        assert 0 < client.ttl(SALT_KEY) <= 86_400
    assert salt not in {one.value(), stranger.value()}
    await link.close_loop()


async def test_a_day_later_all_have_a_new_one(redis: RedisServer, clock: Clock) -> None:
    link = link_to(redis)
    one, other = process(link, clock), process(link, clock)
    await one.look()
    await other.look()
    before = one.value()
    with redis.client() as client:
        client.delete(SALT_KEY)
    clock.move(days=1)
    await one.look()
    await other.look()
    assert one.value() == other.value() != before
    await link.close_loop()


async def test_the_last_moments_of_a_day_are_waited_for(redis: RedisServer, clock: Clock) -> None:
    link = link_to(redis)
    with redis.client() as client:
        client.set(SALT_KEY, b"x", px=5_000)
    assert 0 < await process(link, clock).look() <= 5
    await link.close_loop()


async def test_while_redis_is_away_the_secret_stays_and_it_is_put_back(clock: Clock) -> None:
    with redis_server() as server:
        link = link_to(server)
        one, other = process(link, clock), process(link, clock)
        await one.look()
        await other.look()
        before = one.value()
        server.stop()
        assert 0 < await one.look() < LOOK_SECONDS
        assert one.value() == before
        server.start()
        link._away_until = 0.0
        await other.look()
        await one.look()
        assert one.value() == other.value() == before
        await link.close_loop()
