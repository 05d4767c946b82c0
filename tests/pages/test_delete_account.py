"""The deletion form's handlers: refused, done, and what every open tab is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from anonmsg.database.tables import Person
from anonmsg.framework import visitor
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import deletions
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import FakeMailer
from tests.framework.test_guard import OWNERS
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

CONFIRMED = {"username": "Ada", "password": PASSWORD}
TOLD = (
    "Your account will be deleted on 11 March 2026, 12:00 UTC. "
    "Sign in before then if you change your mind."
)


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _leaves_at(ctx: Context) -> datetime | None:
    with ctx.reading() as db:
        return db.exec(select(Person.leaves_at)).one()


async def test_a_stranger_is_sent_to_the_sign_in_page(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/settings").load()
    page.forget()
    await page.ask("delete_account.submit", form=CONFIRMED)
    assert page.redirects == ["/sign-in?next=/dashboard"]
    assert _leaves_at(ctx) is None


async def test_somebody_else_deletes_nothing_of_hers(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    factories.person(ctx, "eve")
    page = await tab("/settings", "eve").load()
    await page.ask("delete_account.submit", form=CONFIRMED)
    assert page.shows("delete_account.errors") == {"username": "Type your username to confirm."}
    with ctx.reading() as db:
        assert db.exec(select(Person.leaves_at)).all() == [None, None]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"username": "grace"}, {"username": "Type your username to confirm."}),
        ({"password": ""}, {"password": "Enter your password to continue."}),
        ({"password": "not the password"}, {"password": "Incorrect password"}),
    ],
)
async def test_a_refusal_stands_under_its_field_and_nothing_is_deleted(
    tab: Callable[..., Tab], ada: Person, ctx: Context, typed: dict, errors: dict
) -> None:
    page = await tab("/settings", "ada").load()
    await page.ask("delete_account.submit", form=CONFIRMED | typed)
    assert page.shows("delete_account.errors") == errors
    assert page.deltas("delete_account.busy")[-2:] == [True, False]
    assert page.redirects == []
    assert _leaves_at(ctx) is None


async def test_the_page_begins_anew_when_it_is_opened_again(
    tab: Callable[..., Tab], ada: Person
) -> None:
    page = await tab("/settings", "ada").load()
    await page.ask("delete_account.submit", form={})
    assert page.shows("delete_account.errors") != {}
    await page.load(again=True)
    assert page.shows("delete_account.errors") != {}
    await page.load()
    assert page.shows("delete_account.errors") == {}


async def test_a_form_that_is_none_is_answered_by_a_sentence(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/settings", "ada").load()
    for form in [*JUNK, *({"username": each, "password": each} for each in JUNK)]:
        page.forget()
        await page.ask("delete_account.submit", form=form)
        told = page.shows("delete_account.errors")
        assert told["username" if "form" not in told else "form"] in {
            "Type your username to confirm.",
            "Too many attempts. Try again in 5 minutes.",
            "Too many attempts. Try again in 15 minutes.",
        }, form
        assert page.deltas("frame.notice") == [], form
    assert _leaves_at(ctx) is None


async def test_who_leaves_is_told_until_when_it_can_be_undone(
    tab: Callable[..., Tab], ada: Person, ctx: Context, mailer: FakeMailer
) -> None:
    page = await tab("/settings", "ada").load()
    page.forget()
    await page.ask("delete_account.submit", form=CONFIRMED)
    assert page.redirects[0] == "/sign-in"
    assert all(each.startswith("/sign-in") for each in page.redirects)
    assert page.shows("frame.notice") == TOLD
    assert (page.shows("frame.signed_in"), page.shows("delete_account.busy")) == (False, False)
    assert _leaves_at(ctx) is not None
    await page.go("/sign-in").load()
    assert page.deltas("frame.notice")[-1] == TOLD
    while outbox.deliver_next(ctx):
        pass
    assert [letter.to for letter in mailer.letters] == [ada.email]


async def test_nothing_of_the_account_stays_in_the_tab(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "the one thing that nobody else may read")
    page = await tab("/dashboard", "ada").load()
    await page.go("/settings").load()
    await page.ask("delete_account.submit", form=CONFIRMED)
    assert page.inbox == []
    assert (page.shows("dashboard.me"), page.shows("settings.email")) == ("", "")
    page.forget()
    await page.load()
    assert set(page.redirects) == {"/sign-in"}
    assert "nobody else may read" not in page.received
    assert ada.email not in page.received


async def test_one_redirect_brings_each_of_her_tabs_to_the_goodbye(
    tab: Callable[..., Tab], ada: Person
) -> None:
    inbox, phone = await tab("/dashboard", "ada").load(), await tab("/settings", "ada").load()
    reading = await tab("/privacy", "ada").load()
    page = await tab("/settings", "ada").load()
    for each in (inbox, phone, reading, page):
        each.forget()
    await page.ask("delete_account.submit", form=CONFIRMED)
    for each in (page, inbox, phone):
        assert each.redirects == ["/sign-in"]
        assert each.shows("frame.notice") == TOLD
        await each.go("/sign-in").load()
        assert each.deltas("frame.notice")[-1] == TOLD
    assert (reading.redirects, reading.shows("frame.notice")) == ([], TOLD)


async def test_a_tab_that_asks_when_it_is_too_late_is_told_the_goodbye(
    tab: Callable[..., Tab], site: Site, ada: Person
) -> None:
    late = tab("/dashboard", "ada")
    page = await tab("/settings", "ada").load()
    await page.ask("delete_account.submit", form=CONFIRMED)
    # Its page was on its way when the account was closed.
    await late.load()
    assert set(late.redirects) == {"/sign-in"}
    assert late.shows("frame.notice") == TOLD
    await late.go("/sign-in").load()
    assert late.deltas("frame.notice")[-1] == TOLD


async def test_her_other_tabs_are_signed_out_and_the_senders_see_that_she_is_gone(
    tab: Callable[..., Tab], ada: Person
) -> None:
    other, sender = await tab("/dashboard", "ada").load(), await tab("/u/ada").load()
    page = await tab("/settings", "ada").load()
    assert sender.shows("public_page.inbox") == "open"
    await page.ask("delete_account.submit", form=CONFIRMED)
    assert sender.shows("public_page.inbox") == "missing"
    assert other.redirects[-1].startswith("/sign-in")
    assert other.shows("dashboard.me") == ""


async def test_a_double_submit_schedules_it_once(
    tab: Callable[..., Tab], site: Site, ada: Person, ctx: Context, mailer: FakeMailer
) -> None:
    page = await tab("/settings", "ada").load()
    for _ in range(2):
        await page.enqueue(f"{STATES['delete_account']}.submit", form=CONFIRMED)
    await site.settle()
    assert page.shows("frame.notice") == TOLD
    while outbox.deliver_next(ctx):
        pass
    assert len(mailer.letters) == 1


async def test_signing_in_again_keeps_nothing_by_itself(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/settings", "ada").load()
    await page.ask("delete_account.submit", form=CONFIRMED)
    sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network="n")
    assert _leaves_at(ctx) is not None
    assert (await tab("/u/ada").load()).shows("public_page.inbox") == "missing"


@pytest.mark.parametrize("handler", OWNERS)
async def test_an_event_under_way_when_the_account_closes_is_told_the_goodbye(
    tab: Callable[..., Tab],
    ada: Person,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    handler: str,
) -> None:
    page = await tab("/settings", "ada").load()
    session_id, original = page.session_id, visitor.signed_in

    async def too_late(state: Any) -> Any:
        monkeypatch.setattr(visitor, "signed_in", original)
        whose = {"owner_id": ada.id, "session_id": session_id}
        with runtime.context() as ctx:
            deletions.schedule(ctx, **whose, **CONFIRMED)
        return await original(state)

    # The guard has let the event pass, and no push tells this tab.
    monkeypatch.setattr(visitor, "signed_in", too_late)
    page.forget()
    await page.ask(handler, **OWNERS[handler])
    assert set(page.redirects) == {"/sign-in"}
    assert page.shows("frame.notice") == TOLD
