"""How long it takes until a process hears itself."""

from __future__ import annotations

import pytest

from anonmsg.runtime.shared.bus_lag import BusLag


class Time:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_probe_that_comes_back_took_its_time(time: Time) -> None:
    lag = BusLag(time)
    assert lag.seconds == 0
    probe = lag.next()
    time.now += 0.25
    assert lag.is_probe(probe)
    time.now += 60
    assert lag.seconds == 0.25


def test_a_probe_that_is_missing_is_as_late_as_it_is_old(time: Time) -> None:
    lag = BusLag(time)
    probe = lag.next()
    for _ in range(3):
        time.now += 5
        # The same is sent again: the first may have been lost.
        assert lag.next() == probe
    assert lag.seconds == 15
    assert lag.is_probe(probe)
    assert lag.next() != probe


def test_another_process_s_probe_or_topic_is_none_of_ours(time: Time) -> None:
    lag = BusLag(time)
    for name in ("", "0" * 32):
        assert not lag.is_probe(name)
    lag.next()
    assert not lag.is_probe("0" * 32)
    assert not lag.is_probe("")
