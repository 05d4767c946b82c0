"""Limits: what the table says, and what guards a password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from anonmsg.errors import TooManyAttempts
from anonmsg.limiter import LIMITS, Limiter
from tests.fakes import Clock
from tests.races import at_once, named

TABLE = {
    "sign_in_minute": (10, timedelta(minutes=1)),
    "sign_in_hour": (60, timedelta(hours=1)),
    "sign_up_form": (120, timedelta(hours=1)),
    "sign_up_hour": (30, timedelta(hours=1)),
    "sign_up_day": (100, timedelta(days=1)),
    "sign_up_address": (3, timedelta(hours=1)),
    "forgot_hour": (30, timedelta(hours=1)),
    "forgot_day": (100, timedelta(days=1)),
    "forgot_address": (3, timedelta(hours=1)),
    "code_guess": (30, timedelta(hours=1)),
    "mailed_link": (300, timedelta(hours=1)),
    "username_check": (20, timedelta(minutes=1)),
    "send_network": (200, timedelta(hours=1)),
    "send_network_inbox": (60, timedelta(hours=1)),
    "send_inbox": (500, timedelta(hours=1)),
    "export": (10, timedelta(hours=1)),
}


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(clock=clock.seconds)


def allowed(limiter: Limiter, name: str, *key: str, at_most: int = 2000) -> int:
    for count in range(at_most):
        try:
            limiter.spend(name, *key)
        except TooManyAttempts:
            return count
    return at_most


def fail(limiter: Limiter, times: int, account: str = "ada", network: str = "n") -> None:
    for _ in range(times):
        limiter.spend_sign_in(account, network)


def wait_of(limiter: Limiter, account: str = "ada", network: str = "n") -> float:
    with pytest.raises(TooManyAttempts) as refusal:
        limiter.spend_sign_in(account, network)
    return refusal.value.wait.total_seconds()


def test_the_table_is_as_it_was_decided() -> None:
    assert set(TABLE) == set(LIMITS)


@pytest.mark.parametrize("name", TABLE)
def test_a_limit_allows_its_amount_and_then_says_how_long(limiter: Limiter, name: str) -> None:
    amount, period = TABLE[name]
    assert allowed(limiter, name, "n") == amount
    with pytest.raises(TooManyAttempts) as refusal:
        limiter.spend(name, "n")
    assert period - timedelta(minutes=1) < refusal.value.wait <= period


def test_keys_and_limits_do_not_share_what_they_allow(limiter: Limiter) -> None:
    assert allowed(limiter, "sign_up_address", "a") == 3
    assert allowed(limiter, "sign_up_address", "b") == 3
    assert allowed(limiter, "sign_up_hour", "a") == 30


def test_the_factor_multiplies_all_but_what_guards_a_secret() -> None:
    limiter = Limiter(factor=10)
    assert allowed(limiter, "sign_up_address", "a") == 30
    assert allowed(limiter, "send_inbox", "a", at_most=4999) == 4999
    assert allowed(limiter, "code_guess", "n") == 30


def test_a_small_factor_never_forbids_everything() -> None:
    limiter = Limiter(factor=0.001)
    assert allowed(limiter, "sign_up_address", "a") == 1
    assert allowed(limiter, "code_guess", "n") == 30


def test_an_operator_can_set_a_line(clock: Clock) -> None:
    assert allowed(Limiter(overrides={"send_inbox": "2 per day"}), "send_inbox", "i") == 2


@pytest.mark.parametrize(
    "overrides", [{"sed_inbox": "2 per day"}, {"send_inbox": "two"}, {"code_guess": "31 per hour"}]
)
def test_a_line_that_cannot_be_read_or_set_is_refused(overrides: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"LIMITS|rate limit"):
        Limiter(overrides=overrides)


@pytest.mark.parametrize("name", ["sign_up_hour", "code_guess", "send_inbox"])
def test_spends_at_once_count_exactly(limiter: Limiter, name: str) -> None:
    amount = TABLE[name][0]

    def spend(_number: int) -> int:
        return allowed(limiter, name, "n", at_most=amount // 10 + 1)

    assert sum(at_once(20, spend)) == amount


def test_five_failures_make_an_account_wait_and_each_further_one_twice_as_long(
    limiter: Limiter, clock: Clock
) -> None:
    fail(limiter, 5)
    for wait in (30, 60, 120, 240, 480, 900, 900, 900):
        assert wait_of(limiter) == wait
        clock.move(seconds=wait - 1)
        assert wait_of(limiter) == 1
        clock.move(seconds=1)
        fail(limiter, 1)


def test_being_refused_does_not_make_the_wait_longer(limiter: Limiter, clock: Clock) -> None:
    fail(limiter, 5)
    for _ in range(100):
        wait_of(limiter)
    clock.move(seconds=30)
    fail(limiter, 1)


def test_four_failures_in_five_minutes_are_nothing(limiter: Limiter, clock: Clock) -> None:
    for _ in range(5):
        fail(limiter, 4)
        clock.move(minutes=5, seconds=1)


def test_failures_are_of_one_account_and_network(limiter: Limiter) -> None:
    fail(limiter, 5)
    fail(limiter, 4, account="grace")
    fail(limiter, 4, network="another")
    wait_of(limiter)


def test_the_right_password_forgives(limiter: Limiter, clock: Clock) -> None:
    fail(limiter, 5)
    clock.move(seconds=30)
    fail(limiter, 1)
    limiter.forgive_sign_in("ada", "n")
    fail(limiter, 5)
    assert wait_of(limiter) == 30


def test_failures_are_forgotten_an_hour_after_the_last_and_not_before(
    limiter: Limiter, clock: Clock
) -> None:
    fail(limiter, 5)
    clock.move(minutes=59)
    fail(limiter, 1)
    assert wait_of(limiter) == 60
    clock.move(hours=1, seconds=61)
    fail(limiter, 5)
    assert wait_of(limiter) == 30


def test_a_hundred_guesses_at_once_are_five(limiter: Limiter) -> None:
    outcomes = at_once(100, lambda _: limiter.spend_sign_in("ada", "n"))
    assert outcomes.count(None) == 5
    assert named(outcomes, TooManyAttempts) == 95


def test_what_is_long_forgotten_takes_no_memory(limiter: Limiter, clock: Clock) -> None:
    for number in range(200):
        fail(limiter, 1, account=f"a{number}")
    clock.now = datetime(2030, 1, 1, tzinfo=UTC)
    for number in range(64):
        fail(limiter, 1, account=f"b{number}")
    assert len(limiter._failures) <= 64
