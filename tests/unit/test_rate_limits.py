"""Rate limits: what the table says, and what guards a password."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from anonmsg.errors import TooManyAttempts
from anonmsg.runtime.rate_limits import GUARDS, LIMITS, RateLimits
from tests.fakes import Clock
from tests.races import at_once, named

TABLE = {
    "sign_in_minute": (10, timedelta(minutes=1)),
    "sign_in_hour": (60, timedelta(hours=1)),
    "sign_up_form": (120, timedelta(hours=1)),
    "sign_up_hour": (30, timedelta(hours=1)),
    "sign_up_day": (100, timedelta(days=1)),
    "sign_up_address": (10, timedelta(hours=1)),
    "sign_up_address_network": (3, timedelta(hours=1)),
    "forgot_hour": (30, timedelta(hours=1)),
    "forgot_day": (100, timedelta(days=1)),
    "forgot_address": (10, timedelta(hours=1)),
    "forgot_address_network": (3, timedelta(hours=1)),
    "code_guess": (30, timedelta(hours=1)),
    "code_guess_address": (25, timedelta(days=1)),
    "mailed_link": (300, timedelta(hours=1)),
    "username_check": (20, timedelta(minutes=1)),
    "send_network": (200, timedelta(hours=1)),
    "send_network_inbox": (60, timedelta(hours=1)),
    "send_inbox": (500, timedelta(hours=1)),
    "storm_5": (5, timedelta(minutes=1)),
    "storm_10": (10, timedelta(minutes=1)),
    "storm_30": (30, timedelta(minutes=1)),
    "export": (10, timedelta(hours=1)),
    "search": (60, timedelta(minutes=1)),
    "test_message": (10, timedelta(days=1)),
    "picture": (300, timedelta(minutes=1)),
    "password_form": (20, timedelta(minutes=5)),
}


@pytest.fixture
def rate_limits(clock: Clock) -> RateLimits:
    return RateLimits(clock=clock.seconds)


def allowed(rate_limits: RateLimits, name: str, *key: str, at_most: int = 2000) -> int:
    for count in range(at_most):
        try:
            rate_limits.spend(name, *key)
        except TooManyAttempts:
            return count
    return at_most


def fail(rate_limits: RateLimits, times: int, account: str = "ada", network: str = "n") -> None:
    for _ in range(times):
        rate_limits.spend_sign_in(account, network)


def wait_of(rate_limits: RateLimits, account: str = "ada", network: str = "n") -> float:
    with pytest.raises(TooManyAttempts) as refusal:
        rate_limits.spend_sign_in(account, network)
    return refusal.value.wait.total_seconds()


def test_the_table_is_as_it_was_decided() -> None:
    assert set(TABLE) == set(LIMITS)


@pytest.mark.parametrize("name", TABLE)
def test_a_limit_allows_its_amount_and_then_says_how_long(
    rate_limits: RateLimits, name: str
) -> None:
    amount, period = TABLE[name]
    assert allowed(rate_limits, name, "n") == amount
    with pytest.raises(TooManyAttempts) as refusal:
        rate_limits.spend(name, "n")
    assert period - timedelta(minutes=1) < refusal.value.wait <= period


def test_keys_and_limits_do_not_share_what_they_allow(rate_limits: RateLimits) -> None:
    assert allowed(rate_limits, "sign_up_address_network", "a") == 3
    assert allowed(rate_limits, "sign_up_address_network", "b") == 3
    assert allowed(rate_limits, "sign_up_hour", "a") == 30


def test_the_factor_multiplies_all_but_what_guards_a_secret() -> None:
    rate_limits = RateLimits(factor=10)
    assert allowed(rate_limits, "sign_up_address_network", "a") == 30
    assert allowed(rate_limits, "send_inbox", "a", at_most=4999) == 4999
    assert allowed(rate_limits, "code_guess", "n") == 30
    assert allowed(rate_limits, "storm_5", "a") == 5


def test_a_small_factor_never_forbids_everything() -> None:
    rate_limits = RateLimits(factor=0.001)
    assert allowed(rate_limits, "sign_up_address_network", "a") == 1
    assert allowed(rate_limits, "code_guess", "n") == 30


def test_an_operator_can_set_a_line(clock: Clock) -> None:
    assert allowed(RateLimits(overrides={"send_inbox": "2 per day"}), "send_inbox", "i") == 2


@pytest.mark.parametrize(
    "overrides", [{"sed_inbox": "2 per day"}, {"send_inbox": "two"}, {"code_guess": "31 per hour"}]
)
def test_a_line_that_cannot_be_read_or_set_is_refused(overrides: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"LIMITS|rate limit"):
        RateLimits(overrides=overrides)


@pytest.mark.parametrize("name", ["sign_up_hour", "code_guess", "send_inbox"])
def test_spends_at_once_count_exactly(rate_limits: RateLimits, name: str) -> None:
    amount = TABLE[name][0]

    def spend(_number: int) -> int:
        return allowed(rate_limits, name, "n", at_most=amount // 10 + 1)

    assert sum(at_once(20, spend)) == amount


def test_five_failures_make_an_account_wait_and_each_further_one_twice_as_long(
    rate_limits: RateLimits, clock: Clock
) -> None:
    fail(rate_limits, 5)
    for wait in (30, 60, 120, 240, 480, 900, 900, 900):
        assert wait_of(rate_limits) == wait
        clock.move(seconds=wait - 1)
        assert wait_of(rate_limits) == 1
        clock.move(seconds=1)
        fail(rate_limits, 1)


def test_being_refused_does_not_make_the_wait_longer(rate_limits: RateLimits, clock: Clock) -> None:
    fail(rate_limits, 5)
    for _ in range(100):
        wait_of(rate_limits)
    clock.move(seconds=30)
    fail(rate_limits, 1)


def test_the_right_password_forgives(rate_limits: RateLimits, clock: Clock) -> None:
    fail(rate_limits, 5)
    clock.move(seconds=30)
    fail(rate_limits, 1)
    rate_limits.forgive_sign_in("ada", "n")
    fail(rate_limits, 5)
    assert wait_of(rate_limits) == 30


def test_failures_are_forgotten_an_hour_after_the_last_and_not_before(
    rate_limits: RateLimits, clock: Clock
) -> None:
    fail(rate_limits, 5)
    clock.move(minutes=59)
    fail(rate_limits, 1)
    assert wait_of(rate_limits) == 60
    clock.move(hours=1, seconds=61)
    fail(rate_limits, 5)
    assert wait_of(rate_limits) == 30


def test_what_is_long_forgotten_takes_no_memory(rate_limits: RateLimits, clock: Clock) -> None:
    for number in range(2000):
        fail(rate_limits, 1, account=f"a{number}")
        rate_limits.spend("send_inbox", f"a{number}")
    clock.now = datetime(2030, 1, 1, tzinfo=UTC)
    for number in range(2000):
        fail(rate_limits, 1, account=f"b{number}")
        rate_limits.spend("send_inbox", f"b{number}")
    # The shards that were used again hold nothing old.
    assert len(rate_limits) <= 4000 + 20


@pytest.mark.parametrize("name", TABLE)
def test_a_flood_of_keys_fills_the_room_of_no_limit(name: str, clock: Clock) -> None:
    rate_limits = RateLimits(clock=clock.seconds, room=1024)
    for number in range(5000):
        rate_limits.spend(name, f"key {number}")
    assert len(rate_limits) <= 1024


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_a_flood_makes_no_guard_forget_whom_it_refuses(name: str, clock: Clock) -> None:
    rate_limits = RateLimits(clock=clock.seconds, room=1024)
    allowed(rate_limits, name, "guesser")
    for number in range(5000):
        rate_limits.spend(name, f"key {number}")
    assert allowed(rate_limits, name, "guesser") == 0


def test_a_flood_makes_no_account_forget_whom_it_holds_up(clock: Clock) -> None:
    rate_limits = RateLimits(clock=clock.seconds, room=1024)
    fail(rate_limits, 5, account="grace")
    clock.move(minutes=10)
    fail(rate_limits, 1, account="grace")
    fail(rate_limits, 5)
    for number in range(5000):
        fail(rate_limits, 1, account=f"a{number}")
    assert wait_of(rate_limits) == 30
    assert wait_of(rate_limits, account="grace") == 60


def test_several_attempts_at_once_are_counted_in_their_order(rate_limits: RateLimits) -> None:
    one = [("send_network_inbox", "n", "i"), ("send_inbox", "i")]
    outcomes = rate_limits.spend_all([one] * 62)
    assert outcomes[:60] == [None] * 60
    assert named(outcomes, TooManyAttempts) == 2
    # The first limit that is reached refuses, and those after it count nothing.
    assert allowed(rate_limits, "send_inbox", "i") == 440
    assert rate_limits.spend_all([]) == []


def test_a_wrong_wall_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rate_limits = RateLimits()
    assert allowed(rate_limits, "sign_up_address_network", "a") == 3
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    assert allowed(rate_limits, "sign_up_address_network", "a") == 0
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert allowed(rate_limits, "sign_up_address_network", "a") == 0
