"""Sign-ups: what is refused, what is emailed, and who may continue one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from anonmsg.database.tables import HeldUsername, Mail, SignUp
from anonmsg.errors import (
    FormRefused,
    InvalidUsername,
    ResendTooSoon,
    SignUpNotFound,
    TooManyAttempts,
    UsernameTaken,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox, purges
from anonmsg.services.accounts import sign_ups
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once, named


def refusals(ctx: Context, **fields: object) -> dict[str, str]:
    asked: dict[str, object] = {
        "username": "ada",
        "email": "ada@example.com",
        "password": factories.PASSWORD,
        "network": "n",
    }
    with pytest.raises(FormRefused) as refusal:
        sign_ups.sign_up(ctx, **(asked | fields))  # type: ignore[arg-type]
    return refusal.value.by_field()


def rows(ctx: Context) -> list[SignUp]:
    with ctx.reading() as db:
        return list(db.exec(select(SignUp)).all())


def deliver(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass


def test_everything_that_is_wrong_is_said_at_once(ctx: Context) -> None:
    assert refusals(ctx, username=None, email={"a": 1}, password=7) == {
        "username": "Use 2–20 letters, numbers or underscores.",
        "email": "Enter a valid email address.",
        "password": "Use at least 8 characters.",
    }
    assert rows(ctx) == []


def test_a_persons_name_and_address_are_taken_in_any_case(ctx: Context) -> None:
    factories.person(ctx, "ada")
    assert refusals(ctx, username="ADA", email="Ada@EXAMPLE.com") == {
        "username": "Username is already taken",
        "email": "User already exists with this email",
    }
    assert rows(ctx) == []


def test_a_password_made_of_the_address_is_refused(ctx: Context) -> None:
    found = refusals(ctx, email="zebraviolin@example.com", password="zebraviolin")
    assert set(found) == {"password"}


def test_a_network_signs_an_address_up_three_times_an_hour_and_holds_nobody_else_up(
    ctx: Context,
) -> None:
    for number in range(3):
        factories.sign_up(ctx, f"ada_{number}", email="ada@example.com")
    for number in range(20):
        with pytest.raises(TooManyAttempts):
            factories.sign_up(ctx, f"more_{number}", email="ADA@example.com")
    assert len(rows(ctx)) == 3
    factories.sign_up(ctx, "grace")
    factories.sign_up(ctx, "ada", email="ada@example.com", network="her own")


def test_an_address_is_signed_up_ten_times_an_hour(ctx: Context) -> None:
    for number in range(10):
        factories.sign_up(ctx, f"ada_{number}", email="ada@example.com", network=f"n{number}")
    with pytest.raises(TooManyAttempts):
        factories.sign_up(ctx, "ada_10", email="ada@example.com", network="another")


def test_the_code_and_link_are_mailed_and_nothing_of_them_is_kept_readable(
    ctx: Context, mailer: FakeMailer
) -> None:
    factories.sign_up(ctx, "ada")
    (row,) = rows(ctx)
    assert mailer.letters[0].to == "ada@example.com"
    kept = str(row.model_dump())
    assert mailer.last_code() not in kept
    assert mailer.last_link() not in kept
    assert factories.PASSWORD not in kept


def test_a_refused_sign_up_leaves_the_earlier_one_of_the_browser(ctx: Context) -> None:
    factories.person(ctx, "grace")
    browser = factories.sign_up(ctx, "ada")
    refusals(ctx, username="grace", browser=browser)
    assert sign_ups.pending(ctx, browser=browser).username == "ada"


def test_signing_up_again_in_the_same_browser_replaces(ctx: Context, mailer: FakeMailer) -> None:
    first = factories.sign_up(ctx, "ada")
    second = factories.sign_up(ctx, "ada", browser=first)
    third = factories.sign_up(ctx, "lovelace", email="ada@example.com", browser=second)
    assert [row.username for row in rows(ctx)] == ["lovelace"]
    for old in (first, second):
        with pytest.raises(SignUpNotFound):
            sign_ups.pending(ctx, browser=old)
    assert sign_ups.pending(ctx, browser=third).username == "lovelace"
    sign_ups.check_username(ctx, username="ada", network="n")


def test_signing_up_again_from_elsewhere_stands_beside(ctx: Context) -> None:
    factories.sign_up(ctx, "ada", email="ada@example.com")
    factories.sign_up(ctx, "lovelace", email="ada@example.com")
    assert {row.username for row in rows(ctx)} == {"ada", "lovelace"}


@pytest.mark.parametrize("browser", ["", None, 7, {}, "x" * 43, "x" * 9000])
def test_a_browser_that_began_nothing_has_nothing(ctx: Context, browser: object) -> None:
    factories.sign_up(ctx, "ada")
    for use_case in (sign_ups.pending, sign_ups.resend):
        with pytest.raises(SignUpNotFound):
            use_case(ctx, browser=browser)


def test_a_name_is_checked_by_the_same_rules(ctx: Context) -> None:
    browser = factories.sign_up(ctx, "ada")
    with pytest.raises(InvalidUsername):
        sign_ups.check_username(ctx, username="a b", network="n")
    for taken in ("ada", "ADA", "admin"):
        with pytest.raises(UsernameTaken):
            sign_ups.check_username(ctx, username=taken, network="n")
    sign_ups.check_username(ctx, username="ada", browser=browser, network="n")
    for _ in range(17):
        sign_ups.check_username(ctx, username="grace", network="n")
    with pytest.raises(TooManyAttempts):
        sign_ups.check_username(ctx, username="grace", network="n")


def test_a_sign_up_says_where_its_mail_is(
    runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    mailer.is_down = True
    with runtime.context() as ctx:
        browser = sign_ups.sign_up(
            ctx, username="ada", email="a@b.de", password=factories.PASSWORD, network="n"
        )
        assert sign_ups.pending(ctx, browser=browser).mail == "waiting"
        outbox.deliver_next(ctx)
        assert sign_ups.pending(ctx, browser=browser).mail == "delayed"
    mailer.is_down = False
    clock.move(seconds=30)
    deliver(runtime)
    with runtime.context() as ctx:
        found = sign_ups.pending(ctx, browser=browser)
    assert (found.mail, found.resend_wait) == ("sent", 30)


def test_a_fresh_code_may_be_asked_for_after_a_minute_five_times_a_day(
    runtime: Runtime, clock: Clock, ctx: Context, mailer: FakeMailer
) -> None:
    browser = factories.sign_up(ctx, "ada")
    for _ in range(5):
        clock.move(seconds=59)
        with runtime.context() as early, pytest.raises(ResendTooSoon) as refusal:
            sign_ups.resend(early, browser=browser)
        assert refusal.value.wait == timedelta(seconds=1)
        clock.move(seconds=1)
        with runtime.context() as later:
            assert sign_ups.resend(later, browser=browser) == 60
    clock.move(seconds=60)
    with runtime.context() as later, pytest.raises(TooManyAttempts) as refusal:
        sign_ups.resend(later, browser=browser)
    assert type(refusal.value) is TooManyAttempts
    deliver(runtime)
    assert len(mailer.letters) == 2  # Only the first and the last: the others had expired.


def test_20_clicks_at_once_on_resend_mail_one_code(
    runtime: Runtime, clock: Clock, ctx: Context, mailer: FakeMailer
) -> None:
    browser = factories.sign_up(ctx, "ada")
    clock.move(seconds=60)
    outcomes = contexts_at_once(runtime, 20, lambda each, _: sign_ups.resend(each, browser=browser))
    assert outcomes.count(60) == 1
    assert named(outcomes, ResendTooSoon) == 19
    deliver(runtime)
    assert len(mailer.letters) == 2


def test_a_name_is_held_while_a_fresh_code_lives(
    runtime: Runtime, clock: Clock, ctx: Context
) -> None:
    browser = factories.sign_up(ctx, "ada")
    clock.move(minutes=16)
    with runtime.context() as later:
        purges.purge(later)
        sign_ups.resend(later, browser=browser)
        with pytest.raises(UsernameTaken):
            sign_ups.check_username(later, username="ada", network="n")
    deliver(runtime)
    clock.move(minutes=14)
    with runtime.context() as later, pytest.raises(UsernameTaken):
        sign_ups.check_username(later, username="ada", network="n")


def test_a_name_is_free_again_when_the_code_has_died(
    runtime: Runtime, clock: Clock, ctx: Context
) -> None:
    factories.sign_up(ctx, "ada")
    clock.move(minutes=15)
    with runtime.context() as later:
        factories.sign_up(later, "Ada", email="other@example.com")
        with later.reading() as db:
            assert len(db.exec(select(HeldUsername)).all()) == 1


def test_a_sign_up_is_forgotten_after_a_day(runtime: Runtime, clock: Clock, ctx: Context) -> None:
    browser = factories.sign_up(ctx, "ada")
    clock.move(hours=24)
    with runtime.context() as later, pytest.raises(SignUpNotFound):
        sign_ups.pending(later, browser=browser)


def test_16_at_once_sign_up_for_a_name_once(runtime: Runtime, ctx: Context) -> None:
    # A short one, because its strength is checked 400 times.
    password = "xK9#vQ2mPz!7"
    for number in range(25):

        def try_it(each: Context, i: int, name: str = f"name_{number}") -> str:
            fields = {"username": name, "email": f"{name}.{i}@example.com"}
            return sign_ups.sign_up(each, **fields, password=password, network=f"{name} {i}")

        outcomes = contexts_at_once(runtime, 16, try_it)
        refused = [each for each in outcomes if isinstance(each, FormRefused)]
        assert len(refused) == 15
        assert {str(each.by_field()) for each in refused} == {
            "{'username': 'Username is already taken'}"
        }
    assert len(rows(ctx)) == 25
    with ctx.reading() as db:
        assert len(db.exec(select(Mail)).all()) == 25
