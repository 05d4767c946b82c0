"""The page an emailed link opens: it sets a new password, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import password_resets
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import FakeMailer
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

NEW = "moss kettle violin zebra"
CHANGED = "Your password is changed. Sign in to continue."
DEAD = {"form": "This link has expired or been used. Request a new one."}


@pytest.fixture
def ada(runtime: Runtime) -> Person:
    with runtime.context() as ctx:
        return factories.person(ctx)


@pytest.fixture
def link(runtime: Runtime, ada: Person, mailer: FakeMailer) -> str:
    """The secret of the link in ada's email."""
    with runtime.context() as ctx:
        password_resets.request(ctx, email=ada.email, network="n")
        outbox.deliver_next(ctx)
    return mailer.last_link("reset-password")


def signs_in(runtime: Runtime, password: str) -> bool:
    """Whether this is ada's password."""
    with runtime.context() as ctx:
        try:
            sign_ins.sign_in(ctx, identifier="ada", password=password, network="n")
        except sign_ins.IncorrectPassword:
            return False
    return True


async def test_a_stranger_with_the_link_sets_a_password_and_goes_on_to_sign_in(
    tab: Callable[..., Tab], runtime: Runtime, link: str
) -> None:
    page = await tab("/reset-password").load()
    form = {"__reflex_form_data__": [["link", link], ["password", NEW]]}
    await page.ask("reset_password.submit", form=form)
    assert page.redirects == ["/sign-in"]
    assert page.shows("reset_password.changed_notice") == CHANGED
    assert page.deltas("reset_password.busy")[-2:] == [True, False]
    assert signs_in(runtime, NEW)
    assert not signs_in(runtime, PASSWORD)
    for secret in (link, NEW):
        assert secret not in page.received


async def test_a_stranger_without_a_link_changes_nothing(
    tab: Callable[..., Tab], runtime: Runtime, link: str
) -> None:
    for n, junk in enumerate([*JUNK, "guessed", link[:-1], link[1:]]):
        page = await tab("/reset-password", network=f"network {n}").load()
        await page.ask("reset_password.submit", form={"link": junk, "password": NEW})
        assert page.shows("reset_password.errors") == DEAD, junk
        assert page.shows("reset_password.link_expired") is True, junk
        assert page.shows("reset_password.changed_notice") in (None, ""), junk
        assert page.redirects == []
    assert signs_in(runtime, PASSWORD)


async def test_a_form_that_is_none_is_answered_by_a_sentence(
    tab: Callable[..., Tab], link: str
) -> None:
    page = await tab("/reset-password").load()
    for form in JUNK:
        page.forget()
        await page.ask("reset_password.submit", form=form)
        assert page.shows("reset_password.errors") == DEAD, form
        assert page.deltas("reset_password.busy") == [True, False], form


async def test_a_password_that_is_none_is_refused_under_its_field_and_the_link_still_works(
    tab: Callable[..., Tab], runtime: Runtime, link: str
) -> None:
    page = await tab("/reset-password").load()
    for password in [*JUNK, "short", "password1", "ada@example.com"]:
        await page.ask("reset_password.submit", form={"link": link, "password": password})
        assert set(page.shows("reset_password.errors")) == {"password"}, password
        assert page.shows("reset_password.link_expired") in (None, False), password
    await page.ask("reset_password.submit", form={"link": link, "password": NEW})
    assert page.redirects == ["/sign-in"]
    assert signs_in(runtime, NEW)


async def test_a_double_submit_resets_once(
    tab: Callable[..., Tab], site: Site, runtime: Runtime, link: str
) -> None:
    page = await tab("/reset-password").load()
    for _ in range(2):
        form = {"link": link, "password": NEW}
        await page.enqueue(f"{STATES['reset_password']}.submit", form=form)
    await site.settle()
    assert page.redirects == ["/sign-in"]
    assert page.shows("reset_password.changed_notice") == CHANGED
    assert signs_in(runtime, NEW)


async def test_the_owners_open_tabs_are_out_at_once(
    tab: Callable[..., Tab], runtime: Runtime, link: str
) -> None:
    dashboard = await tab("/dashboard", "ada").load()
    page = await tab("/reset-password").load()
    dashboard.forget()
    await page.ask("reset_password.submit", form={"link": link, "password": NEW})
    await dashboard.ask("dashboard.refresh")
    assert "/sign-in?next=/dashboard" in dashboard.redirects
    assert dashboard.shows("frame.signed_in") is False


async def test_what_is_told_stays_in_a_browser_whose_own_sign_in_ends_by_it(
    tab: Callable[..., Tab], link: str
) -> None:
    page = await tab("/reset-password", "ada").load()
    await page.ask("reset_password.submit", form={"link": link, "password": NEW})
    assert page.redirects == ["/sign-in"]
    await page.go("/sign-in").load(again=True)
    assert page.shows("reset_password.changed_notice") == CHANGED


async def test_somebody_else_who_is_signed_in_stays_so(
    tab: Callable[..., Tab], runtime: Runtime, link: str
) -> None:
    with runtime.context() as ctx:
        factories.person(ctx, "eve")
    page = await tab("/reset-password", "eve").load()
    await page.ask("reset_password.submit", form={"link": link, "password": NEW})
    assert page.shows("reset_password.changed_notice") == CHANGED
    await page.go("/dashboard").load()
    assert page.shows("dashboard.me") == "eve"


async def test_the_notice_is_gone_when_another_link_is_opened(
    tab: Callable[..., Tab], link: str
) -> None:
    page = await tab("/reset-password").load()
    await page.ask("reset_password.submit", form={"link": link, "password": NEW})
    await page.load()
    assert page.shows("reset_password.changed_notice") == ""


async def test_busy_is_over_and_the_person_told_when_the_database_fails(
    tab: Callable[..., Tab], site: Site, link: str
) -> None:
    page = await tab("/reset-password").load()
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE mails RENAME TO gone")
    await page.ask("reset_password.submit", form={"link": link, "password": NEW})
    assert page.deltas("reset_password.busy")[-2:] == [True, False]
    assert page.shows("frame.notice").startswith("Something went wrong on our end. Try again. (")
    assert page.redirects == []
