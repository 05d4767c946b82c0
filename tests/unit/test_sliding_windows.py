"""Sliding windows: against a record of every attempt, and in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anonmsg.runtime.generations import SHARDS
from anonmsg.runtime.sliding_windows import SlidingWindows

PERIOD = 60.0
KEY = ("n",)
# Milliseconds until the next attempt: bursts, pauses, and longer than two windows.
pauses = st.lists(
    st.one_of(st.just(0), st.integers(1, 9_000), st.integers(40_000, 200_000)), max_size=80
)


def windows(amount: int, *, room: int = 100_000, guards: bool = False) -> SlidingWindows:
    return SlidingWindows(amount, PERIOD, room=room, guards=guards)


@given(st.integers(1, 12), pauses)
def test_any_period_has_at_most_twice_the_amount_and_any_span_its_share(
    amount: int, pauses: list[int]
) -> None:
    counted, now, taken = windows(amount), 1_000_000, []
    for pause in pauses:
        now += pause
        if not counted.hit(KEY, now / 1000):
            taken.append(now)
    for number, first in enumerate(taken):
        for last in range(number, len(taken)):
            spanned = (taken[last] - first) // (PERIOD * 1000) + 1
            assert last - number + 1 <= amount * (spanned + 1)


@given(st.integers(1, 12), pauses)
def test_the_wait_is_exact(amount: int, pauses: list[int]) -> None:
    counted, now = windows(amount), 1_000_000
    for pause in pauses:
        now += pause
        wait = counted.hit(KEY, now / 1000)
        assert 0 <= wait <= PERIOD
        if wait > 0.001:
            assert counted.hit(KEY, now / 1000 + wait - 0.001)
        if wait:
            now += round(wait * 1000)
            assert not counted.hit(KEY, now / 1000)


@given(st.integers(1, 12), st.integers(0, 10**9))
def test_a_key_that_begins_gets_its_amount_whatever_the_moment(amount: int, start: int) -> None:
    counted = windows(amount)
    taken = [counted.hit(KEY, (start + 59_999 * number // amount) / 1000) for number in range(20)]
    assert taken[:amount] == [0.0] * amount


def test_a_second_burst_comes_free_evenly() -> None:
    counted = windows(10)
    for _ in range(10):
        assert not counted.hit(KEY, 0.0)
    assert counted.hit(KEY, 59.9)
    free = [sum(not counted.hit(KEY, 60.0 + at) for _ in range(20)) for at in range(0, 60, 6)]
    assert free == [1] * 10


def flooded(counted: SlidingWindows) -> SlidingWindows:
    for number in range(30_000):
        counted.hit((f"flood {number}",), 1.0)
    return counted


def test_at_the_bound_nobody_is_refused_because_of_others() -> None:
    counted = windows(2, room=4 * SHARDS)
    for _ in range(2):
        counted.hit(KEY, 1.0)
    flooded(counted)
    assert len(counted) <= 4 * SHARDS
    assert not any(counted.hit((f"newcomer {number}",), 1.0) for number in range(100))
    # Whoever had spent theirs is let through early, rather than anybody else refused.
    assert not counted.hit(KEY, 1.0)


def test_at_the_bound_a_guard_of_a_secret_forgets_nobody_who_has_spent_half() -> None:
    counted = windows(4, room=4 * SHARDS, guards=True)
    for number in range(4):
        for _ in range(number + 1):
            counted.hit((number,), 1.0)
    flooded(counted)
    assert [counted.hit((number,), 1.0) > 0 for number in range(4)] == [False, False, False, True]
    # Half spent was remembered: two more, and no third.
    assert [counted.hit((1,), 1.0) > 0 for _ in range(2)] == [False, True]


def test_a_key_takes_one_entry_however_often_it_comes() -> None:
    counted = windows(1000)
    for number in range(1000):
        counted.hit(KEY, number / 100)
    assert len(counted) == 1
