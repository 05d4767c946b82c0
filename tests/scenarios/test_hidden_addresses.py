"""HIDE_REGISTERED_EMAILS: signing up never reveals who has an account."""

from __future__ import annotations

import pytest
from sqlmodel import select

from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import AppError, EmailTaken, IncorrectCode, TooManyWrongCodes
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import sign_ups, verification_codes, verifications
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.fakes import Clock, FakeMailer


@pytest.fixture
def hiding(runtime: Runtime) -> Runtime:
    runtime.settings = runtime.settings.model_copy(update={"hide_registered_emails": True})
    with runtime.context() as ctx:
        factories.person(ctx, "owner", password="moss kettle violin zebra")
    return runtime


def both(runtime: Runtime) -> dict[str, str]:
    """Two browsers' sign-ups: one email already has an account, the other doesn't."""
    with runtime.context() as ctx:
        return {
            email: factories.sign_up(ctx, username, email=email)
            for username, email in (("eve_1", "owner@example.com"), ("eve_2", "new@example.com"))
        }


def test_without_it_an_address_that_has_an_account_is_refused(ctx: Context) -> None:
    factories.person(ctx, "owner")
    with pytest.raises(AppError) as refusal:
        factories.sign_up(ctx, "eve", email="owner@example.com")
    assert refusal.value.by_field() == EmailTaken().by_field()


def test_the_owner_is_told_and_gets_no_code(hiding: Runtime, mailer: FakeMailer) -> None:
    both(hiding)
    told = mailer.letters[0]
    assert told.to == "owner@example.com"
    assert "already" in told.text
    assert "/verify#" not in told.text


def test_no_code_fits_and_the_tries_end_as_for_anyone(hiding: Runtime) -> None:
    for number, browser in enumerate(both(hiding).values()):
        with hiding.context() as ctx:
            for expected in [IncorrectCode] * 5 + [TooManyWrongCodes]:
                with pytest.raises(expected):
                    verifications.by_code(ctx, browser=browser, code="000000", network=f"n{number}")


def test_not_even_the_code_and_the_link_of_a_decoy_fit(hiding: Runtime) -> None:
    given = {"browser": both(hiding)["owner@example.com"], "network": "n"}
    with hiding.context() as ctx:
        # As if somebody had guessed what nobody was told.
        with ctx.writing() as db:
            row = db.exec(select(SignUp).where(SignUp.decoy)).one()
            known = verification_codes.values(ctx, row.id, "048213", "a-link")
            for column, value in (known | {"code_mailed_at": ctx.now}).items():
                setattr(row, column, value)
        with pytest.raises(IncorrectCode):
            verifications.by_code(ctx, code="048213", **given)
        for password in ("", factories.PASSWORD):
            with pytest.raises(IncorrectCode):
                verifications.by_link(ctx, link="a-link", password=password, **given)


def stand(hiding: Runtime, browser: str) -> tuple[str, int]:
    with hiding.context() as ctx:
        found = sign_ups.pending(ctx, browser=browser)
    return found.mail, found.resend_wait


def deliver(hiding: Runtime) -> None:
    with hiding.context() as ctx:
        while outbox.deliver_next(ctx):
            pass


def test_both_look_the_same_before_and_after_a_fresh_code(hiding: Runtime, clock: Clock) -> None:
    registered, new = both(hiding).values()
    assert stand(hiding, registered) == stand(hiding, new)
    clock.move(seconds=60)
    for browser in (registered, new):
        with hiding.context() as ctx:
            sign_ups.resend(ctx, browser=browser)
    assert stand(hiding, registered) == stand(hiding, new)
    deliver(hiding)
    assert stand(hiding, registered) == stand(hiding, new) == ("sent", 60)


def test_both_look_the_same_while_the_mail_service_is_down(
    hiding: Runtime, mailer: FakeMailer
) -> None:
    mailer.is_down = True
    registered, new = both(hiding).values()
    assert stand(hiding, registered) == stand(hiding, new) == ("delayed", 60)


@pytest.mark.parametrize("by", ["username", "email"])
def test_signing_in_with_what_was_just_chosen_does_not_tell_either(
    hiding: Runtime, by: str
) -> None:
    both(hiding)
    named = {
        "username": ("eve_1", "eve_2"),
        "email": ("owner@example.com", "new@example.com"),
    }[by]
    answers = []
    for identifier in named:
        with hiding.context() as ctx, pytest.raises(AppError) as refusal:
            sign_ins.sign_in(ctx, identifier=identifier, password=factories.PASSWORD, network="n")
        answers.append(type(refusal.value))
    assert answers[0] is answers[1]


def test_the_owner_is_untouched(hiding: Runtime) -> None:
    both(hiding)
    with hiding.context() as ctx, ctx.reading() as db:
        found = db.exec(select(Person).where(Person.username == "owner")).one()
        assert found.email == "owner@example.com"


def test_the_password_of_an_earlier_sign_up_does_not_tell_either(
    hiding: Runtime, clock: Clock
) -> None:
    answers = {}
    for number in (1, 2):
        clock.move(minutes=2)
        for email in ("owner@example.com", "new@example.com"):
            with hiding.context() as ctx:
                name, password = f"{email[:3]}_{number}", f"purple ladder sings {number} times"
                factories.sign_up(ctx, name, email=email, password=password)
    clock.move(minutes=2)
    for email in ("owner@example.com", "new@example.com"):
        asked = {"identifier": email, "password": "purple ladder sings 1 times", "network": "n"}
        with hiding.context() as ctx, pytest.raises(AppError) as refusal:
            sign_ins.sign_in(ctx, **asked)
        answers[email] = type(refusal.value)
    assert len(set(answers.values())) == 1
