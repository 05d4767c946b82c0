"""A sign-up that goes to another address: a new code, and the old proofs prove nothing."""

from __future__ import annotations

import pytest
from sqlmodel import select

from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import (
    AlreadyVerified,
    AppError,
    EmailTaken,
    IncorrectCode,
    InvalidEmail,
    SameEmail,
    SignUpNotFound,
    TooManyAttempts,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import corrections, sign_ups, verifications
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import FakeMailer
from tests.races import contexts_at_once, named

NEW = "new@example.com"


def correct(ctx: Context, browser: object, email: object = NEW, network: str = NETWORK) -> str:
    """Change the address and deliver the email."""
    changed = corrections.change_email(ctx, browser=browser, email=email, network=network)
    while outbox.deliver_next(ctx):
        pass
    return changed


def by_code(ctx: Context, browser: str, code: str) -> str:
    return verifications.by_code(ctx, browser=browser, code=code, network=NETWORK)


def people(ctx: Context) -> list[tuple[str, str]]:
    with ctx.reading() as db:
        return list(db.exec(select(Person.username, Person.email)).all())


def test_the_new_code_verifies_the_new_address_and_keeps_name_and_password(
    ctx: Context, mailer: FakeMailer
) -> None:
    browser = factories.sign_up(ctx, "Ada")
    changed = correct(ctx, browser)
    assert mailer.letters[-1].to == NEW
    assert sign_ups.pending(ctx, browser=changed).email == NEW
    assert by_code(ctx, changed, mailer.last_code()) == "Ada"
    assert people(ctx) == [("Ada", NEW)]
    assert sign_ins.sign_in(ctx, identifier=NEW, password=PASSWORD, network=NETWORK)


def test_code_link_and_browser_of_the_first_address_prove_nothing(
    ctx: Context, mailer: FakeMailer
) -> None:
    browser = factories.sign_up(ctx)
    code, link = mailer.last_code(), mailer.last_link()
    changed = correct(ctx, browser)
    with pytest.raises(SignUpNotFound):
        by_code(ctx, browser, code)
    if code != mailer.last_code():
        with pytest.raises(IncorrectCode):
            by_code(ctx, changed, code)
    for held in (browser, changed):
        with pytest.raises(IncorrectCode):
            verifications.by_link(ctx, browser=held, link=link, password=PASSWORD, network=NETWORK)
    assert people(ctx) == []


@pytest.mark.parametrize(
    ("email", "refusal"),
    [
        ("nonsense", InvalidEmail),
        (None, InvalidEmail),
        ({}, InvalidEmail),
        ("ADA@example.com", SameEmail),
        ("grace@example.com", EmailTaken),
    ],
)
def test_what_cannot_be_the_new_address_changes_nothing(
    ctx: Context, mailer: FakeMailer, email: object, refusal: type[AppError]
) -> None:
    factories.person(ctx, "grace")
    browser = factories.sign_up(ctx)
    with pytest.raises(refusal) as refused:
        correct(ctx, browser, email)
    assert set(refused.value.by_field()) == {"email"}
    by_code(ctx, browser, mailer.last_code())


@pytest.mark.parametrize("browser", ["", None, {}, "x" * 43])
def test_a_browser_that_began_nothing_changes_nothing(ctx: Context, browser: object) -> None:
    factories.sign_up(ctx)
    with pytest.raises(SignUpNotFound):
        correct(ctx, browser)


def test_a_verified_sign_up_keeps_its_address(ctx: Context, mailer: FakeMailer) -> None:
    browser = factories.sign_up(ctx)
    by_code(ctx, browser, mailer.last_code())
    with pytest.raises(AlreadyVerified):
        correct(ctx, browser)
    assert people(ctx) == [("ada", "ada@example.com")]


def test_a_registered_address_answers_like_any_other_where_they_are_hidden(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    runtime.settings = runtime.settings.model_copy(update={"hide_registered_emails": True})
    with runtime.context() as ctx:
        factories.person(ctx, "grace")
        changed = correct(ctx, factories.sign_up(ctx), "grace@example.com")
        assert "already" in mailer.letters[-1].text
        assert sign_ups.pending(ctx, browser=changed).mail == "sent"
        with pytest.raises(IncorrectCode):
            by_code(ctx, changed, "000000")


def test_an_address_is_written_to_three_times_an_hour_by_a_network(ctx: Context) -> None:
    browser = factories.sign_up(ctx, email="a0@example.com")
    for number in range(6):
        browser = correct(ctx, browser, f"a{1 + number % 2}@example.com", "n")
    with pytest.raises(TooManyAttempts):
        correct(ctx, browser, "a1@example.com", "n")
    correct(ctx, browser, "a1@example.com", "another")


def test_a_network_may_not_go_on_for_ever(ctx: Context) -> None:
    browser = factories.sign_up(ctx, network="another")
    for number in range(30):
        browser = correct(ctx, browser, f"b{number}@example.com")
    with pytest.raises(TooManyAttempts):
        correct(ctx, browser)


def test_a_change_and_the_right_code_at_once_end_in_one_of_the_two(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    with runtime.context() as ctx:
        browser = factories.sign_up(ctx)
    code = mailer.last_code()

    def one(ctx: Context, number: int) -> str:
        return by_code(ctx, browser, code) if number else correct(ctx, browser)

    changed, verified = contexts_at_once(runtime, 2, one)
    with runtime.context() as ctx, ctx.reading() as db:
        left = len(db.exec(select(SignUp)).all())
        made = list(db.exec(select(Person.email)).all())
    if verified == "ada":
        assert (left, made, named([changed], AlreadyVerified)) == (0, ["ada@example.com"], 1)
    else:
        assert (left, made, isinstance(changed, str)) == (1, [], True)
