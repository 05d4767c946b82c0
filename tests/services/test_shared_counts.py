"""Limits and failed sign-ins, in memory and in Redis: the same table, the same answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from anonmsg.errors import TooManyAttempts
from anonmsg.runtime.rate_limits import LIMITS, RateLimits
from anonmsg.runtime.shared.redis_link import RedisLink
from anonmsg.security.keys import Digests
from tests.fakes import Clock
from tests.races import at_once, named
from tests.redis_server import RedisServer, redis_server
from tests.unit.test_rate_limits import TABLE, allowed, fail, wait_of

PEPPER = "of the tests 0123456789 abcdefghijklmnop"
# Times in Redis are kept to ten seconds; a wait may be that much longer.
GRID = 10


def link_to(redis: RedisServer) -> RedisLink:
    return RedisLink(redis.url, Digests(PEPPER))


Process = Callable[[], RateLimits]


@pytest.fixture
def process(redis: RedisServer, clock: Clock) -> Iterator[Process]:
    """Make the rate limits of another process that shares Redis."""
    links = []

    def made() -> RateLimits:
        links.append(link_to(redis))
        limits = RateLimits(clock=clock.seconds)
        limits.share(links[-1], clock=clock.seconds)
        return limits

    yield made
    for link in links:
        link.close()


@pytest.fixture(params=["memory", "redis"])
def rate_limits(request: Any, process: Process, clock: Clock) -> RateLimits:
    return process() if request.param == "redis" else RateLimits(clock=clock.seconds)


@pytest.mark.parametrize("name", TABLE)
def test_a_limit_allows_its_amount_and_then_says_how_long(
    rate_limits: RateLimits, name: str
) -> None:
    amount, period = TABLE[name]
    assert allowed(rate_limits, name, "n") == amount
    assert allowed(rate_limits, name, "another") == amount
    with pytest.raises(TooManyAttempts) as refusal:
        rate_limits.spend(name, "n")
    assert timedelta(0) < refusal.value.wait <= period


def test_who_waits_as_long_as_told_is_let_through(rate_limits: RateLimits, clock: Clock) -> None:
    clock.move(seconds=17)
    allowed(rate_limits, "sign_in_minute", "n")
    for _ in range(20):
        with pytest.raises(TooManyAttempts) as refusal:
            rate_limits.spend("sign_in_minute", "n")
        clock.move(seconds=refusal.value.wait.total_seconds())
        rate_limits.spend("sign_in_minute", "n")


def test_over_many_periods_nobody_gets_more_than_the_amount_a_period(
    rate_limits: RateLimits, clock: Clock
) -> None:
    counted = 0
    for _ in range(10 * 60):
        counted += allowed(rate_limits, "sign_in_minute", "n")
        clock.move(seconds=1)
    assert 9 * 10 <= counted <= 11 * 10


def test_after_two_idle_periods_all_is_free_again(rate_limits: RateLimits, clock: Clock) -> None:
    assert allowed(rate_limits, "send_network", "n") == 200
    clock.move(hours=2)
    assert allowed(rate_limits, "send_network", "n") == 200


def test_several_attempts_at_once_are_counted_in_their_order(rate_limits: RateLimits) -> None:
    one = [("send_network_inbox", "n", "i"), ("send_inbox", "i")]
    outcomes = rate_limits.spend_all([one] * 62)
    assert outcomes[:60] == [None] * 60
    assert named(outcomes, TooManyAttempts) == 2
    assert allowed(rate_limits, "send_inbox", "i") == 440
    assert rate_limits.spend_all([]) == []


@pytest.mark.parametrize("name", ["sign_up_hour", "code_guess", "send_inbox"])
def test_spends_at_once_count_exactly(rate_limits: RateLimits, name: str) -> None:
    amount = TABLE[name][0]
    each = amount // 10 + 1
    assert sum(at_once(20, lambda _: allowed(rate_limits, name, "n", at_most=each))) == amount


def test_each_further_failure_waits_twice_as_long(rate_limits: RateLimits, clock: Clock) -> None:
    fail(rate_limits, 5)
    for wait in (30, 60, 120, 240, 480, 900, 900):
        told = wait_of(rate_limits)
        assert wait <= told <= wait + GRID
        clock.move(seconds=told)
        fail(rate_limits, 1)


def test_four_failures_in_five_minutes_are_nothing(rate_limits: RateLimits, clock: Clock) -> None:
    for _ in range(5):
        fail(rate_limits, 4)
        clock.move(minutes=5, seconds=1)


def test_five_failures_over_nearly_five_minutes_wait(rate_limits: RateLimits, clock: Clock) -> None:
    for _ in range(5):
        fail(rate_limits, 1)
        clock.move(seconds=55)
    with pytest.raises(TooManyAttempts):
        fail(rate_limits, 2)


def test_failures_are_of_one_account_and_network(rate_limits: RateLimits) -> None:
    fail(rate_limits, 5)
    fail(rate_limits, 4, account="grace")
    fail(rate_limits, 4, network="another")
    wait_of(rate_limits)


def test_the_right_password_forgives(rate_limits: RateLimits, clock: Clock) -> None:
    fail(rate_limits, 5)
    clock.move(seconds=wait_of(rate_limits))
    fail(rate_limits, 1)
    rate_limits.forgive_sign_in("ada", "n")
    fail(rate_limits, 5)
    assert 30 <= wait_of(rate_limits) <= 30 + GRID


def test_failures_are_forgotten_an_hour_after_the_last_and_not_before(
    rate_limits: RateLimits, clock: Clock
) -> None:
    fail(rate_limits, 5)
    clock.move(minutes=59)
    fail(rate_limits, 1)
    assert 60 <= wait_of(rate_limits) <= 60 + GRID
    clock.move(hours=1, seconds=61 + GRID)
    fail(rate_limits, 5)
    assert 30 <= wait_of(rate_limits) <= 30 + GRID


def test_a_hundred_guesses_at_once_are_five(rate_limits: RateLimits) -> None:
    outcomes = at_once(100, lambda _: rate_limits.spend_sign_in("ada", "n"))
    assert outcomes.count(None) == 5
    assert named(outcomes, TooManyAttempts) == 95


def test_processes_count_together(process: Process) -> None:
    one, other = process(), process()
    assert allowed(one, "sign_up_hour", "n", at_most=20) == 20
    assert allowed(other, "sign_up_hour", "n") == 10
    fail(one, 3)
    fail(other, 2)
    wait_of(one)
    wait_of(other)
    one.forgive_sign_in("ada", "n")
    fail(other, 5)


def test_a_batch_is_one_round_trip(process: Process, redis: RedisServer) -> None:
    limits = process()
    limits.spend("send_network", "n")
    with redis.client() as client:
        client.config_resetstat()
        limits.spend_all([[("send_network_inbox", "n", "i"), ("send_inbox", "i")]] * 64)
        calls = client.info("commandstats")
    assert calls["cmdstat_evalsha"]["calls"] == 1


def test_without_a_clock_the_time_is_that_of_redis(redis: RedisServer) -> None:
    limits = RateLimits()
    limits.share(link := link_to(redis))
    assert allowed(limits, "sign_up_day", "n") == 100
    fail(limits, 5)
    assert 0 < wait_of(limits) <= 30 + GRID
    link.close()


def test_no_name_of_a_key_tells_whose_it_is_and_each_expires(
    process: Process, redis: RedisServer
) -> None:
    limits = process()
    for name in LIMITS:
        limits.spend(name, "marker-network", "marker-owner")
    fail(limits, 2, account="marker-owner", network="marker-network")
    with redis.client() as client:
        keys = client.keys()
        assert len(keys) == len(LIMITS) + 1
        assert not [key for key in keys if b"marker" in key]
        assert all(0 < client.ttl(key) <= 2 * 86_400 for key in keys)


def test_no_failure_tells_when_it_was(process: Process, redis: RedisServer, clock: Clock) -> None:
    clock.move(seconds=7.3)
    fail(process(), 5)
    with redis.client() as client:
        [key] = client.scan_iter()
        kept = client.hgetall(key)
    assert int(kept[b"until"]) % 10_000 == 0
    tens = round(clock.seconds() - 7.3) // 10
    assert kept[b"at"].split(b",") == [b"%d" % tens] * 5


def test_while_redis_is_away_each_process_counts_and_says_so_once(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with redis_server() as server:
        limits = RateLimits(clock=clock.seconds)
        link = RedisLink(server.url, Digests(PEPPER), clock=clock.seconds)
        limits.share(link)
        assert allowed(limits, "sign_up_hour", "n", at_most=20) == 20
        server.stop()
        assert allowed(limits, "sign_up_hour", "n") == 30
        fail(limits, 5)
        wait_of(limits)
        for _ in range(20):
            clock.move(seconds=2)
            allowed(limits, "sign_up_hour", "n", at_most=1)
        assert [each.levelname for each in caplog.records] == ["ERROR"]
        assert "Redis can't be used (ConnectionError)" in caplog.text
        server.start()
        clock.move(seconds=2)
        assert allowed(limits, "sign_up_hour", "n") == 30
        assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING"]
        link.close()
