"""Nobody's password ends up on an account that someone else verified, in either order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlmodel import select

from anonmsg.database.tables import SignUp
from anonmsg.errors import (
    AppError,
    CodeExpired,
    IncorrectCode,
    IncorrectPassword,
    NotVerified,
    PasswordNeeded,
    SignUpNotFound,
    TooManyWrongCodes,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import sign_ups, verifications
from anonmsg.services.sessions import sign_ins
from anonmsg.services.sessions.token_pairs import TokenPair
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once

OWNERS, EVES = "zebra violin kettle moss", "purple ladder sings quietly"
ADDRESS = "ada@example.com"


@dataclass
class Begun:
    browser: str
    code: str
    link: str


def begin(runtime: Runtime, mailer: FakeMailer, username: str, password: str) -> Begun:
    with runtime.context() as ctx:
        browser = factories.sign_up(ctx, username, email=ADDRESS, password=password)
    return Begun(browser, mailer.last_code(), mailer.last_link())


def both(runtime: Runtime, mailer: FakeMailer, *, eve_first: bool) -> tuple[Begun, Begun]:
    """Two sign-ups: one by the email's owner, one by someone who only knows the email."""
    if eve_first:
        eve = begin(runtime, mailer, "eve", EVES)
        return begin(runtime, mailer, "ada", OWNERS), eve
    owner = begin(runtime, mailer, "ada", OWNERS)
    return owner, begin(runtime, mailer, "eve", EVES)


def by_link(runtime: Runtime, link: str, *, browser: str = "", password: object = "") -> None:
    with runtime.context() as ctx:
        verifications.by_link(ctx, browser=browser, link=link, password=password, network="n")


def sign_in(runtime: Runtime, identifier: str, password: str) -> TokenPair:
    with runtime.context() as ctx:
        return sign_ins.sign_in(ctx, identifier=identifier, password=password, network="n")


@pytest.mark.parametrize("eve_first", [True, False])
def test_a_code_serves_only_the_sign_up_it_was_mailed_for(
    runtime: Runtime, mailer: FakeMailer, *, eve_first: bool
) -> None:
    owner, eve = both(runtime, mailer, eve_first=eve_first)
    with runtime.context() as ctx:
        if owner.code != eve.code:
            with pytest.raises(IncorrectCode):
                verifications.by_code(ctx, browser=owner.browser, code=eve.code, network="n")
        verifications.by_code(ctx, browser=owner.browser, code=owner.code, network="n")
        for use_case in (sign_ups.pending, sign_ups.resend):
            with pytest.raises(SignUpNotFound):
                use_case(ctx, browser=eve.browser)
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, ADDRESS, EVES)
    with pytest.raises(AppError):
        sign_in(runtime, "eve", EVES)
    assert sign_in(runtime, ADDRESS, OWNERS)


@pytest.mark.parametrize("eve_first", [True, False])
def test_the_owner_who_opens_the_link_of_another_sign_up_is_asked_for_its_password(
    runtime: Runtime, mailer: FakeMailer, *, eve_first: bool
) -> None:
    owner, eve = both(runtime, mailer, eve_first=eve_first)
    for browser in ("", owner.browser):
        with pytest.raises(PasswordNeeded):
            by_link(runtime, eve.link, browser=browser)
        with pytest.raises(IncorrectPassword):
            by_link(runtime, eve.link, browser=browser, password=OWNERS)
    by_link(runtime, owner.link, browser=owner.browser)
    with pytest.raises(IncorrectCode):
        by_link(runtime, eve.link, password=EVES)
    assert sign_in(runtime, "ada", OWNERS)


@pytest.mark.parametrize("eve_first", [True, False])
def test_signing_in_before_the_owner_verifies_gains_nothing(
    runtime: Runtime, mailer: FakeMailer, clock: Clock, *, eve_first: bool
) -> None:
    owner, _ = both(runtime, mailer, eve_first=eve_first)
    clock.move(seconds=60)
    with pytest.raises(NotVerified) as refusal:
        sign_in(runtime, "eve", EVES)
    with runtime.context() as ctx:
        outbox.deliver_next(ctx)
        assert mailer.letters[-1].to == ADDRESS
        if mailer.last_code() != owner.code:
            with pytest.raises(IncorrectCode):
                verifications.by_code(
                    ctx, browser=refusal.value.browser, code=owner.code, network="n"
                )
        verifications.by_code(ctx, browser=owner.browser, code=owner.code, network="n")
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, ADDRESS, EVES)


def test_the_link_verifies_at_once_in_the_browser_that_began(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    owner = begin(runtime, mailer, "ada", OWNERS)
    by_link(runtime, owner.link, browser=owner.browser)
    assert sign_in(runtime, "ada", OWNERS)


def test_the_link_in_another_browser_needs_the_password_that_was_chosen(
    runtime: Runtime, mailer: FakeMailer
) -> None:
    owner = begin(runtime, mailer, "ada", OWNERS)
    for nothing in ("", None, 7, {}):
        with pytest.raises(PasswordNeeded):
            by_link(runtime, owner.link, password=nothing)
    with pytest.raises(IncorrectPassword):
        by_link(runtime, owner.link, password=EVES)
    by_link(runtime, owner.link, password=OWNERS)
    assert sign_in(runtime, "ada", OWNERS)


def test_a_link_has_five_guesses_of_its_password(runtime: Runtime, mailer: FakeMailer) -> None:
    owner = begin(runtime, mailer, "ada", OWNERS)
    for _ in range(5):
        with pytest.raises(IncorrectPassword):
            by_link(runtime, owner.link, password=EVES)
    with pytest.raises(TooManyWrongCodes):
        by_link(runtime, owner.link, password=OWNERS)


@pytest.mark.parametrize("link", ["", None, 7, {}, "x" * 43, "x" * 9000])
def test_what_is_no_link_verifies_nothing(
    runtime: Runtime, mailer: FakeMailer, link: object
) -> None:
    owner = begin(runtime, mailer, "ada", OWNERS)
    with runtime.context() as ctx, pytest.raises(IncorrectCode):
        verifications.by_link(ctx, browser=owner.browser, link=link, password=OWNERS, network="n")


@pytest.mark.parametrize("here", [True, False])
def test_a_link_lives_15_minutes_and_dies_with_a_fresh_code(
    runtime: Runtime, mailer: FakeMailer, clock: Clock, *, here: bool
) -> None:
    owner = begin(runtime, mailer, "ada", OWNERS)
    proof = {"browser": owner.browser} if here else {"password": OWNERS}
    clock.move(minutes=15)
    with pytest.raises(CodeExpired):
        by_link(runtime, owner.link, **proof)
    with runtime.context() as ctx:
        sign_ups.resend(ctx, browser=owner.browser)
        outbox.deliver_next(ctx)
    with pytest.raises(IncorrectCode):
        by_link(runtime, owner.link, **proof)
    by_link(runtime, mailer.last_link(), **proof)


def test_both_verified_at_once_make_one_person(runtime: Runtime, mailer: FakeMailer) -> None:
    pairs = both(runtime, mailer, eve_first=True)

    def enter(ctx: Context, number: int) -> None:
        begun = pairs[number]
        verifications.by_code(ctx, browser=begun.browser, code=begun.code, network="n")

    outcomes = contexts_at_once(runtime, 2, enter)
    assert outcomes.count(None) == 1
    fits = 0
    for password in (OWNERS, EVES):
        try:
            fits += bool(sign_in(runtime, ADDRESS, password))
        except IncorrectPassword:
            assert outcomes[(OWNERS, EVES).index(password)] is not None
    assert fits == 1
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(SignUp)).all() == []
