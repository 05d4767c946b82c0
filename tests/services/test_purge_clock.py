"""A clock that was wrong for a moment erases nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from anonmsg import background
from anonmsg.database.tables import Person, SendKey
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import purge_clock
from tests import factories
from tests.fakes import Clock

A_DAY = timedelta(days=1)
MINUTES_15 = timedelta(minutes=15)


def look(runtime: Runtime, drift: timedelta = timedelta(0)) -> datetime | None:
    with runtime.context() as ctx:
        return purge_clock.look(ctx, drift=drift)


def plant(runtime: Runtime) -> None:
    """Someone who leaves in a week, and a key that is kept for 20 hours."""
    with runtime.context() as ctx:
        leaver = col(Person.id) == factories.person(ctx).id
        with ctx.writing() as db:
            db.exec(update(Person).where(leaver).values(leaves_at=ctx.now + timedelta(days=7)))
            db.add(SendKey(digest="a key", expires_at=ctx.now + timedelta(hours=20)))


def left(runtime: Runtime) -> int:
    """How many of the planted rows there are."""
    with runtime.context() as ctx, ctx.reading() as db:
        return sum(len(db.exec(select(table)).all()) for table in (Person, SendKey))


def test_a_clock_that_goes_on_purges(runtime: Runtime, clock: Clock) -> None:
    assert look(runtime) is None
    for _ in range(4 * 24 * 3):
        clock.now += MINUTES_15
        assert look(runtime) is None


@pytest.mark.parametrize("off_for", [timedelta(0), timedelta(hours=1), A_DAY])
def test_a_restart_within_a_day_purges(runtime: Runtime, clock: Clock, off_for: timedelta) -> None:
    assert look(runtime) is None
    clock.now += off_for
    assert look(runtime) is None


@pytest.mark.parametrize(
    "leap",
    [
        A_DAY + timedelta(seconds=1),
        timedelta(days=31),
        timedelta(days=365),
        -timedelta(minutes=11),
        -timedelta(days=365),
    ],
)
def test_a_leap_since_the_last_purge_waits_a_day_and_says_so_once(
    runtime: Runtime, clock: Clock, caplog: pytest.LogCaptureFixture, leap: timedelta
) -> None:
    assert look(runtime) is None
    clock.now += leap
    until = clock.now + A_DAY
    assert look(runtime) == until
    for _ in range(4 * 24 - 1):
        clock.now += MINUTES_15
        assert look(runtime) == until
    clock.now += MINUTES_15
    assert look(runtime) is None
    [line] = [each.getMessage() for each in caplog.records]
    assert f"Nothing is deleted until {until:%Y-%m-%d %H:%M} UTC." in line
    assert "`python -m anonmsg purge --now`" in line


@pytest.mark.parametrize("drift", [timedelta(minutes=11), -timedelta(minutes=11)])
def test_a_leap_within_a_process_waits_however_small_the_gap(
    runtime: Runtime, clock: Clock, drift: timedelta
) -> None:
    assert look(runtime) is None
    clock.move(minutes=15)
    assert look(runtime, drift) == clock.now + A_DAY


def test_a_clock_that_is_set_by_seconds_purges(runtime: Runtime, clock: Clock) -> None:
    assert look(runtime) is None
    clock.move(minutes=-9)
    assert look(runtime, timedelta(minutes=-9)) is None


def test_a_clock_that_is_set_right_again_does_not_wait_for_the_wrong_time(
    runtime: Runtime, clock: Clock
) -> None:
    assert look(runtime) is None
    right = clock.now
    clock.move(days=365)
    assert look(runtime) == right + timedelta(days=366)
    clock.now = right + MINUTES_15
    assert look(runtime) == clock.now + A_DAY


def test_an_operator_who_trusts_the_clock_does_not_wait(runtime: Runtime, clock: Clock) -> None:
    assert look(runtime) is None
    clock.move(days=40)
    assert look(runtime) is not None
    with runtime.context() as ctx:
        purge_clock.trust(ctx)
    assert look(runtime) is None


async def rounds(runtime: Runtime, *, monotonic: Callable[[], float], count: int = 3) -> None:
    """Let the background task look some more times."""
    seen = 0

    def ticks() -> float:
        nonlocal seen
        seen += 1
        return monotonic()

    task = asyncio.create_task(background.purge(runtime, every=0.01, monotonic=ticks))
    async with asyncio.timeout(10):
        while seen <= count:
            await asyncio.sleep(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_is_due_is_erased_while_both_clocks_agree(
    runtime: Runtime, clock: Clock
) -> None:
    plant(runtime)
    for _ in range(9):
        clock.move(hours=23)
        await rounds(runtime, monotonic=clock.seconds)
    assert left(runtime) == 0


@pytest.mark.parametrize("hours", [23, 24 * 365])
async def test_a_clock_that_leaps_while_the_process_runs_erases_nothing(
    runtime: Runtime, clock: Clock, hours: int
) -> None:
    plant(runtime)
    started = clock.seconds()

    async def leap() -> None:
        await asyncio.sleep(0.1)
        clock.move(hours=hours)

    await asyncio.gather(rounds(runtime, monotonic=lambda: started, count=40), leap())
    assert left(runtime) == 2


async def test_a_process_that_starts_with_a_wrong_clock_erases_nothing(
    runtime: Runtime, clock: Clock
) -> None:
    plant(runtime)
    await rounds(runtime, monotonic=clock.seconds)
    clock.move(days=365)
    await rounds(runtime, monotonic=clock.seconds)
    assert left(runtime) == 2
    clock.move(days=-365)
    await rounds(runtime, monotonic=clock.seconds)
    assert left(runtime) == 2
