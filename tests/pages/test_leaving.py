"""The page that asks whether to keep an account, and what each answer leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select, update

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import deletions
from tests import factories
from tests.payloads import JUNK
from tests.tabs import Tab

PLANNED = (
    "It will be permanently deleted on 11 March 2026, 12:00 UTC, with every message in it. "
    "Until then nobody can see your page."
)
GOODBYE = (
    "Your account will be deleted on 11 March 2026, 12:00 UTC. "
    "Sign in before then if you change your mind."
)
KEPT = "We've kept your account. Your page is open again."


@pytest.fixture
def ada(ctx: Context) -> Person:
    """Somebody whose account will be deleted in a week."""
    made = factories.person(ctx)
    with ctx.writing() as db:
        db.exec(update(Person).values(leaves_at=ctx.now + timedelta(days=7)))
    return made


def _leaves_at(ctx: Context) -> datetime | None:
    with ctx.reading() as db:
        return db.exec(select(Person.leaves_at)).one()


async def test_looking_says_when_and_undoes_nothing(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    before = _leaves_at(ctx)
    page = await tab("/leaving", "ada").load()
    assert page.shows("leaving.when") == PLANNED
    assert page.redirects == []
    assert _leaves_at(ctx) == before


@pytest.mark.parametrize("path", ["/dashboard", "/settings"])
async def test_every_other_page_of_an_owner_leads_there(
    tab: Callable[..., Tab], ada: Person, ctx: Context, path: str
) -> None:
    factories.messages(ctx, ada, "the one thing that nobody else may read")
    page = await tab(path, "ada").load()
    assert set(page.redirects) == {"/leaving"}
    assert "nobody else may read" not in page.received
    assert ada.email not in page.received


@pytest.mark.parametrize("who", ["", "eve"])
async def test_it_is_for_nobody_else(
    tab: Callable[..., Tab], ada: Person, ctx: Context, who: str
) -> None:
    factories.person(ctx, "eve")
    with ctx.writing() as db:
        db.exec(update(Person).where(Person.username == "eve").values(leaves_at=None))
    before = ada.id, [PLANNED]
    page = await tab("/leaving", who).load()
    for handler in ("leaving.keep", "leaving.leave"):
        await page.ask(handler, form={})
    assert set(page.redirects) == {"/dashboard" if who else "/sign-in?next=/dashboard"}
    assert PLANNED not in page.received
    assert before[0] not in page.received
    with ctx.reading() as db:
        assert db.exec(select(Person.leaves_at).where(Person.username == "ada")).one()


async def test_kept_is_told_on_the_inbox_and_every_tab_moves_on(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    other, page = await tab("/leaving", "ada").load(), await tab("/leaving", "ada").load()
    await page.ask("leaving.keep", form={})
    assert _leaves_at(ctx) is None
    for each in (page, other):
        assert each.redirects == ["/dashboard"]
        await each.go("/dashboard").load()
        assert each.shows("frame.news") == KEPT
        assert each.shows("frame.signed_in") is True
    # A lost socket leaves the notice, the next page takes it away.
    await page.load(again=True)
    assert page.shows("frame.news") == KEPT
    await page.go("/settings").load()
    assert page.shows("frame.news") == ""
    assert (await tab("/u/ada").load()).shows("public_page.inbox") == "open"


async def test_as_planned_is_signed_out_and_told_the_date_again_in_every_tab(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    before = _leaves_at(ctx)
    other, page = await tab("/leaving", "ada").load(), await tab("/leaving", "ada").load()
    await page.ask("leaving.leave", form={})
    assert _leaves_at(ctx) == before
    for each in (page, other):
        assert each.redirects == ["/sign-in"]
        await each.go("/sign-in").load()
        assert each.shows("frame.notice") == GOODBYE
        assert each.shows("leaving.when") == ""
        each.forget()
        await each.ask("leaving.keep", form={})
        assert each.redirects == ["/sign-in"]
        assert each.shows("frame.notice") == GOODBYE
    assert _leaves_at(ctx) == before


async def test_an_account_that_is_erased_while_they_look_is_told_so(
    tab: Callable[..., Tab], ada: Person, ctx: Context, clock
) -> None:
    page = await tab("/leaving", "ada").load()
    clock.move(days=7)
    with ctx.writing() as db:
        db.exec(update(Person).values(leaves_at=ctx.now))
    await page.site.runtime.run(deletions.erase_due)
    await page.site.settle()
    assert page.shows("frame.notice") == "You've been signed out"
    assert page.redirects[-1].startswith("/sign-in")


async def test_a_form_that_is_none_does_what_its_button_says(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    for form in JUNK:
        page = await tab("/leaving", "ada").load()
        await page.ask("leaving.keep", form=form)
        assert page.redirects == ["/dashboard"], form
        with ctx.writing() as db:
            db.exec(update(Person).values(leaves_at=ctx.now + timedelta(days=7)))


async def test_a_tab_that_asks_when_the_account_is_kept_already_is_told(
    tab: Callable[..., Tab], ada: Person
) -> None:
    late, page = tab("/leaving", "ada"), await tab("/leaving", "ada").load()
    await page.ask("leaving.keep", form={})
    # Its page was on its way when the other tab decided.
    await late.load()
    assert set(late.redirects) == {"/dashboard"}
    await late.go("/dashboard").load()
    assert late.shows("frame.news") == KEPT
