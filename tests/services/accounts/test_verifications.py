"""Verifying by code: how often, how long, and for whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select

from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import (
    AlreadyVerified,
    AppError,
    CodeExpired,
    IncorrectCode,
    InvalidUsername,
    SignUpNotFound,
    TooManyAttempts,
    TooManyWrongCodes,
    UsernameTaken,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import counters, outbox, purges
from anonmsg.services.accounts import sign_ups, verifications
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once, named


def verify(runtime: Runtime, browser: object, code: object, **more: object) -> None:
    with runtime.context() as ctx:
        verifications.by_code(
            ctx,
            browser=browser,
            code=code,
            **({"network": "n"} | more),  # type: ignore[arg-type]
        )


def begin(runtime: Runtime, username: str = "ada", **fields: str) -> str:
    with runtime.context() as ctx:
        return factories.sign_up(ctx, username, **fields)


def resend(runtime: Runtime, browser: str) -> None:
    with runtime.context() as ctx:
        sign_ups.resend(ctx, browser=browser)
        outbox.deliver_next(ctx)


def names_of_people(runtime: Runtime) -> set[str]:
    with runtime.context() as ctx, ctx.reading() as db:
        return set(db.exec(select(Person.username)).all())


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.parametrize("browser", ["", None, {}, "x" * 43])
def test_a_browser_that_began_nothing_can_verify_nothing(
    runtime: Runtime, mailer: FakeMailer, browser: object
) -> None:
    begin(runtime)
    with pytest.raises(SignUpNotFound):
        verify(runtime, browser, mailer.last_code())
    assert names_of_people(runtime) == set()


@pytest.mark.parametrize("code", ["", None, "12345", "١٢٣٤٥", {"a": 1}, "1" * 5000])
def test_what_is_no_code_costs_no_try(runtime: Runtime, mailer: FakeMailer, code: object) -> None:
    browser = begin(runtime)
    for _ in range(6):
        with pytest.raises(IncorrectCode):
            verify(runtime, browser, code)
    verify(runtime, browser, mailer.last_code())


def test_a_code_has_five_tries_and_then_even_the_right_one_is_too_late(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    browser = begin(runtime)
    for _ in range(5):
        with pytest.raises(IncorrectCode):
            verify(runtime, browser, wrong(mailer.last_code()))
    with pytest.raises(TooManyWrongCodes):
        verify(runtime, browser, mailer.last_code())
    assert names_of_people(runtime) == set()


def test_a_code_lives_15_minutes_from_the_hand_over(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    mailer.is_down = True
    browser = begin_while_down(runtime)
    mailer.is_down = False
    clock.move(hours=2)
    with runtime.context() as ctx:
        outbox.deliver_next(ctx)
    clock.move(minutes=14, seconds=59)
    with pytest.raises(IncorrectCode):
        verify(runtime, browser, wrong(mailer.last_code()))
    clock.move(seconds=1)
    with pytest.raises(CodeExpired):
        verify(runtime, browser, mailer.last_code())


def begin_while_down(runtime: Runtime) -> str:
    with runtime.context() as ctx:
        browser = sign_ups.sign_up(
            ctx, username="ada", email="ada@b.de", password=factories.PASSWORD, network="n"
        )
        outbox.deliver_next(ctx)
        return browser


def test_the_right_code_in_time_makes_a_person(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    browser = begin(runtime, "Ada")
    clock.move(minutes=14, seconds=59)
    code = mailer.last_code()
    verify(runtime, browser, f" {code[:3]} {code[3:]}")
    assert names_of_people(runtime) == {"Ada"}
    with pytest.raises(AlreadyVerified):
        verify(runtime, browser, code)
    with runtime.context() as ctx:
        assert factories.page(ctx, username="ADA").accepts_messages


def test_a_fresh_code_kills_the_old_one_and_has_five_tries_of_its_own(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    browser = begin(runtime)
    old = mailer.last_code()
    for _ in range(5):
        with pytest.raises(IncorrectCode):
            verify(runtime, browser, wrong(old))
    clock.move(seconds=60)
    resend(runtime, browser)
    if mailer.last_code() != old:
        with pytest.raises(IncorrectCode):
            verify(runtime, browser, old)
    verify(runtime, browser, mailer.last_code())


def guess_wrong(
    runtime: Runtime, mailer: FakeMailer, clock: Clock, times: int, networks: Callable[[int], str]
) -> str:
    """Guess codes of sign-ups with one address; return the last one's browser, with a new code."""
    browser = ""
    for number in range(times):
        if number % 25 == 0:
            clock.move(minutes=61)
            browser = begin(
                runtime, f"eve_{number}", email="ada@example.com", network=networks(number)
            )
        elif number % 5 == 0:
            clock.move(seconds=60)
            with runtime.context() as ctx, ctx.writing():
                counters.forget(ctx, "resend", "ada@example.com")
            resend(runtime, browser)
        with pytest.raises(IncorrectCode):
            verify(runtime, browser, wrong(mailer.last_code()), network=networks(number))
    return browser


def test_a_network_has_25_tries_a_day_at_an_address_and_takes_nobodys(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    guess_wrong(runtime, mailer, clock, 25, lambda _: "n")
    clock.move(hours=2)
    browser = begin(runtime, "eve", email="ada@example.com", network="n")
    for _ in range(100):
        with pytest.raises(TooManyAttempts):
            verify(runtime, browser, wrong(mailer.last_code()), network="n")
        clock.move(seconds=4)
    browser = begin(runtime, "ada", email="ada@example.com", network="her own")
    verify(runtime, browser, mailer.last_code(), network="her own")


def test_an_address_has_100_tries_a_day_whoever_signs_up_with_it(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    guess_wrong(runtime, mailer, clock, 100, lambda number: f"n{number // 10}")
    clock.move(minutes=61)
    browser = begin(runtime, "eve", email="ada@example.com", network="another")
    with pytest.raises(TooManyAttempts):
        verify(runtime, browser, mailer.last_code(), network="another")
    clock.move(hours=23)
    browser = begin(runtime, "eve", email="ada@example.com", network="another")
    verify(runtime, browser, mailer.last_code(), network="another")


def test_a_network_has_30_guesses_an_hour(runtime: Runtime, mailer: FakeMailer) -> None:
    for number in range(6):
        browser = begin(runtime, f"ada_{number}")
        for _ in range(5):
            with pytest.raises(IncorrectCode):
                verify(runtime, browser, wrong(mailer.last_code()))
    browser = begin(runtime, "grace")
    with pytest.raises(TooManyAttempts):
        verify(runtime, browser, mailer.last_code())


def test_of_100_wrong_codes_at_once_five_are_compared(runtime: Runtime, mailer: FakeMailer) -> None:
    browser = begin(runtime)
    code = wrong(mailer.last_code())

    def guess(ctx: Context, number: int) -> None:
        verifications.by_code(ctx, browser=browser, code=code, network=f"n{number}")

    outcomes = contexts_at_once(runtime, 100, guess)
    assert named(outcomes, IncorrectCode) == 5
    assert named(outcomes, TooManyWrongCodes) == 95


def test_the_right_code_many_times_at_once_makes_one_person(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    browser = begin(runtime)
    code = mailer.last_code()

    def enter(ctx: Context, number: int) -> None:
        verifications.by_code(ctx, browser=browser, code=code, network=f"n{number}")

    outcomes = contexts_at_once(runtime, 5, enter)
    assert outcomes.count(None) == 1
    assert all(isinstance(each, AppError) for each in outcomes if each is not None)
    assert names_of_people(runtime) == {"ada"}


def test_who_lost_the_username_picks_another_with_the_same_code(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    mailer.is_down = True
    browser = begin_while_down(runtime)
    clock.move(minutes=31)
    mailer.is_down = False
    with runtime.context() as ctx:
        fields = {"email": "other@example.com", "password": factories.PASSWORD, "network": "n"}
        quicker = sign_ups.sign_up(ctx, username="Ada", **fields)
        outbox.deliver_next(ctx)
        code = mailer.last_code()
        outbox.deliver_next(ctx)
    verify(runtime, quicker, mailer.last_code())
    for _ in range(6):
        with pytest.raises(UsernameTaken):
            verify(runtime, browser, code)
        with pytest.raises(UsernameTaken):
            verify(runtime, browser, code, username="ADA")
    verify(runtime, browser, code, username="lovelace")
    assert names_of_people(runtime) == {"Ada", "lovelace"}


@pytest.mark.parametrize("username", ["admin", "a b", "77"])
def test_a_username_that_is_refused_does_not_use_the_code_up(
    runtime: Runtime, mailer: FakeMailer, username: str
) -> None:
    browser = begin(runtime)
    for _ in range(6):
        with pytest.raises((UsernameTaken, InvalidUsername)):
            verify(runtime, browser, mailer.last_code(), username=username)
    verify(runtime, browser, mailer.last_code(), username="lovelace")


def test_the_name_that_was_not_taken_is_free_again(runtime: Runtime, mailer: FakeMailer) -> None:
    browser = begin(runtime, "ada")
    verify(runtime, browser, mailer.last_code(), username="lovelace")
    begin(runtime, "ada", email="other@example.com")
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(SignUp.username)).all() == ["ada"]


def test_a_used_link_says_so_to_whoever_holds_it_for_a_week(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    browser = begin(runtime)
    link = mailer.last_link()

    def open_it(token: object) -> None:
        with runtime.context() as ctx:
            verifications.by_link(ctx, browser="", link=token, password="x", network="n")

    verify(runtime, browser, mailer.last_code())
    clock.move(days=6, hours=23)
    with runtime.context() as ctx:
        purges.purge(ctx)
    with pytest.raises(AlreadyVerified) as refusal:
        open_it(link)
    assert refusal.value.sentence == "This account is already verified"
    for guessed in ("", link[:-1], link + "x", "x" * 43):
        with pytest.raises(IncorrectCode):
            open_it(guessed)
    clock.move(hours=1)
    with pytest.raises(IncorrectCode):
        open_it(link)


def test_a_link_that_was_never_used_is_not_a_used_one(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    first = begin(runtime)
    lost = mailer.last_link()
    begin(runtime, "grace", email="ada@example.com")
    other = mailer.last_link()
    verify(runtime, first, mailer.letters[0].subject[:6])
    # The other sign-up of the address has died with it: that account isn't this one.
    for link, refusal in ((lost, AlreadyVerified), (other, IncorrectCode)):
        with runtime.context() as ctx, pytest.raises(refusal):
            verifications.by_link(ctx, browser="", link=link, network="n")


def test_other_tabs_of_the_sign_up_are_told_and_learn_what_happened(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    browser = begin(runtime)
    with runtime.context() as ctx:
        topic = sign_ups.pending(ctx, browser=browser).topic
        verifications.by_code(ctx, browser=browser, code=mailer.last_code(), network="n")
        assert topic in ctx.announced
        for use_case in (sign_ups.pending, sign_ups.resend):
            with pytest.raises(AlreadyVerified):
                use_case(ctx, browser=browser)


def test_a_late_code_has_expired_however_often_it_was_tried(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    browser = begin(runtime)
    for _ in range(5):
        with pytest.raises(IncorrectCode):
            verify(runtime, browser, wrong(mailer.last_code()))
    clock.move(minutes=15)
    with pytest.raises(CodeExpired):
        verify(runtime, browser, mailer.last_code())
