"""The forgot password page: the same answer for everyone, and errors under their field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from tests import factories
from tests.fakes import FakeMailer
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

ASKED = "If there's an account for that address, we've sent a link. It works for 30 minutes."
INVALID = {"email": "Enter a valid email address."}


@pytest.fixture
def ada(runtime: Runtime) -> Person:
    with runtime.context() as ctx:
        return factories.person(ctx)


def mails(runtime: Runtime, mailer: FakeMailer) -> list[str]:
    """Who was emailed."""
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass
    return [letter.to for letter in mailer.letters]


@pytest.mark.usefixtures("ada")
async def test_a_stranger_is_answered_alike_for_every_address(
    tab: Callable[..., Tab], runtime: Runtime, mailer: FakeMailer
) -> None:
    received = []
    for email in ("ada@example.com", "grace@example.com"):
        page = await tab("/forgot-password").load()
        page.forget()
        await page.ask("forgot_password.submit", form={"email": email})
        assert page.shows("forgot_password.notice") == ASKED
        assert page.shows("forgot_password.errors") == {}
        assert page.deltas("forgot_password.busy") == [True, False]
        assert page.redirects == []
        received.append([frame.get("delta") for frame in page.frames])
    assert received[0] == received[1]
    assert mails(runtime, mailer) == ["ada@example.com"]


@pytest.mark.usefixtures("ada")
async def test_somebody_signed_in_may_ask_too(
    tab: Callable[..., Tab], runtime: Runtime, mailer: FakeMailer
) -> None:
    page = await tab("/forgot-password", "ada").load()
    await page.ask("forgot_password.submit", form={"email": " ADA@Example.com "})
    assert page.shows("forgot_password.notice") == ASKED
    assert mails(runtime, mailer) == ["ada@example.com"]


async def test_a_form_or_an_address_that_is_none_is_answered_by_a_sentence(
    tab: Callable[..., Tab], ada: Person, runtime: Runtime, mailer: FakeMailer
) -> None:
    page = await tab("/forgot-password").load()
    for form in [*JUNK, *({"email": each} for each in [*JUNK, "ada", "ada@", "@"])]:
        page.forget()
        await page.ask("forgot_password.submit", form=form)
        assert page.shows("forgot_password.errors") == INVALID, form
        assert page.shows("forgot_password.notice") in (None, ""), form
        assert page.deltas("forgot_password.busy") == [True, False], form
    assert mails(runtime, mailer) == []


@pytest.mark.parametrize("email", ["ada@example.com", "grace@example.com"])
async def test_a_fourth_link_within_an_hour_is_refused_whoever_has_the_address(
    tab: Callable[..., Tab], ada: Person, email: str
) -> None:
    page = await tab("/forgot-password").load()
    for _ in range(3):
        await page.ask("forgot_password.submit", form={"email": email})
        assert page.shows("forgot_password.notice") == ASKED
    await page.ask("forgot_password.submit", form={"email": email})
    assert page.shows("forgot_password.errors")["form"].startswith(
        "Too many attempts. Try again in "
    )
    assert page.shows("forgot_password.notice") == ""


async def test_the_page_begins_anew_when_it_is_opened_again_and_not_when_a_socket_comes_back(
    tab: Callable[..., Tab],
) -> None:
    page = await tab("/forgot-password").load()
    await page.ask("forgot_password.submit", form={"email": "grace@example.com"})
    page.forget()
    await page.load(again=True)
    assert page.deltas("forgot_password.notice") in ([], [ASKED])
    await page.load()
    assert page.shows("forgot_password.notice") == ""


async def test_busy_is_over_and_the_person_told_when_the_database_fails(
    tab: Callable[..., Tab], site: Site
) -> None:
    page = await tab("/forgot-password").load()
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE mails RENAME TO gone")
    await page.ask("forgot_password.submit", form={"email": "grace@example.com"})
    assert page.deltas("forgot_password.busy")[-2:] == [True, False]
    assert page.shows("frame.notice").startswith("Something went wrong on our end. Try again. (")


async def test_an_address_that_was_typed_is_in_no_frame(
    tab: Callable[..., Tab], site: Site
) -> None:
    page = await tab("/forgot-password").load()
    await page.send(f"{STATES['forgot_password']}.submit", form={"email": "grace@example.com"})
    assert "grace" not in site.sent_to(page)
