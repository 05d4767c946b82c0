"""Whether a process can serve: parts that fail, hang or are asked by many at once."""

from __future__ import annotations

import asyncio
import logging

import pytest

from anonmsg.runtime import stopping
from anonmsg.runtime.readiness import Readiness


class Part:
    """A part that may fail or hang, and counts how often it's asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.problem: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def __call__(self) -> None:
        self.asked += 1
        await self.answers.wait()
        if self.problem:
            raise self.problem


class Time:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def readiness(time: Time) -> Readiness:
    return Readiness(within=60, clock=time, is_stopping=lambda: False)


async def test_a_process_that_has_not_started_is_not_ready(readiness: Readiness) -> None:
    assert await readiness.failing() == ("start",)


async def test_only_what_fails_is_named(readiness: Readiness, time: Time) -> None:
    database, redis = Part(), Part()
    readiness.parts |= {"database": database, "redis": redis}
    assert await readiness.failing() == ()
    redis.problem = OSError("a secret address")
    time.now += 1
    assert await readiness.failing() == ("redis",)
    database.problem = ValueError()
    time.now += 1
    assert await readiness.failing() == ("database", "redis")
    database.problem = redis.problem = None
    time.now += 1
    assert await readiness.failing() == ()


async def test_an_answer_is_kept_for_a_second_and_shared(readiness: Readiness, time: Time) -> None:
    readiness.parts["database"] = part = Part()
    part.answers.clear()
    probes = [asyncio.create_task(readiness.failing()) for _ in range(50)]
    await asyncio.sleep(0.01)
    part.answers.set()
    assert set(await asyncio.gather(*probes)) == {()}
    assert part.asked == 1
    time.now += 0.9
    assert await readiness.failing() == ()
    assert part.asked == 1
    time.now += 0.1
    assert await readiness.failing() == ()
    assert part.asked == 2


async def test_a_part_that_hangs_fails_in_time_and_is_asked_once(time: Time) -> None:
    readiness = Readiness(within=0.05, clock=time, is_stopping=lambda: False)
    readiness.parts |= {"database": Part(), "redis": (part := Part())}
    part.answers.clear()
    for _ in range(5):
        assert "redis" in await asyncio.wait_for(readiness.failing(), 60)
        time.now += 1
    assert part.asked == 1
    part.answers.set()
    await asyncio.sleep(0)
    assert await readiness.failing() == ()
    time.now += 1
    assert await readiness.failing() == ()
    assert part.asked == 2


async def test_a_probe_that_leaves_ends_nobody_elses(readiness: Readiness) -> None:
    readiness.parts["database"] = part = Part()
    part.answers.clear()
    left, stays = (asyncio.create_task(readiness.failing()) for _ in range(2))
    await asyncio.sleep(0.01)
    left.cancel()
    part.answers.set()
    assert await stays == ()


async def test_it_says_once_what_fails_and_once_that_it_is_over(
    readiness: Readiness, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    readiness.parts["redis"] = part = Part()
    part.problem = OSError("redis://:a-password@127.0.0.1")
    for _ in range(3):
        await readiness.failing()
        time.now += 1
    part.problem = None
    await readiness.failing()
    assert [each.getMessage() for each in caplog.records] == [
        "Not ready: redis (OSError).",
        "Ready again.",
    ]


async def test_a_server_that_stops_is_not_ready_whatever_its_parts_say() -> None:
    readiness = Readiness()
    readiness.parts["database"] = Part()
    assert await readiness.failing() == ()
    stopping.begin()
    try:
        assert await readiness.failing() == ("stop",)
    finally:
        stopping.forget()
