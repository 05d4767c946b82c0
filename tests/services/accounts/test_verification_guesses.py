"""Guesses of codes and links: counted by network, and each for the code that is alive."""

from __future__ import annotations

import pytest
from sqlmodel import select

from anonmsg.database.tables import SignUp
from anonmsg.errors import CodeExpired, IncorrectCode, TooManyAttempts
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import sign_ups, verifications
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock, FakeMailer


def test_a_network_guesses_30_links_an_hour(ctx: Context) -> None:
    for number in range(30):
        with pytest.raises(IncorrectCode):
            verifications.by_link(ctx, browser="", link=f"guess-{number}", network="n")
    with pytest.raises(TooManyAttempts):
        verifications.by_link(ctx, browser="", link="one more", network="n")
    with pytest.raises(IncorrectCode):
        verifications.by_link(ctx, browser="", link="one more", network="another")


def test_a_try_of_a_code_that_was_replaced_meanwhile_is_incorrect(
    runtime: Runtime, clock: Clock
) -> None:
    with runtime.context() as ctx:
        browser = factories.sign_up(ctx)
        with ctx.reading():
            stale = sign_ups.of_browser(ctx, browser)
    assert stale is not None
    clock.move(minutes=1)
    with runtime.context() as ctx:
        sign_ups.resend(ctx, browser=browser)
        with pytest.raises(IncorrectCode):
            verifications._spend_try(ctx, stale, "n")
        # The fresh code has all of its tries.
        with ctx.reading() as db:
            assert db.exec(select(SignUp.code_tries)).all() == [0]


def test_a_link_dies_with_its_sign_up_after_a_day(
    runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx)
    given = {"browser": "", "link": mailer.last_link(), "password": PASSWORD, "network": "n"}
    for hours, refusal in ((23, CodeExpired), (1, IncorrectCode)):
        clock.move(hours=hours)
        with runtime.context() as ctx, pytest.raises(refusal):
            verifications.by_link(ctx, **given)
