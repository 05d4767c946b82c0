"""The sign-up page's handlers: a sentence under each field, and one sign-up per browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select

from anonmsg.database.tables import Mail, Person, SignUp
from anonmsg.runtime.context import Context
from tests import factories
from tests.factories import PASSWORD
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

GOOD = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
TAKEN = "Username is already taken"
OUR_FAULT = "Something went wrong on our end. Try again. ("


def _sign_ups(ctx: Context) -> list[str]:
    with ctx.reading() as db:
        return list(db.exec(select(SignUp.username)).all())


async def test_each_refused_field_has_its_own_sentence(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    page = await tab("/sign-up").load()
    await page.ask("sign_up.submit", form={"username": "a", "email": "ada", "password": "short"})
    assert page.shows("sign_up.errors") == {
        "username": "Use 2–20 letters, numbers or underscores.",
        "email": "Enter a valid email address.",
        "password": "Use at least 8 characters.",
    }
    assert page.deltas("sign_up.busy")[-2:] == [True, False]
    assert (page.redirects, _sign_ups(ctx)) == ([], [])


async def test_what_is_taken_is_told_under_its_field(tab: Callable[..., Tab], ctx: Context) -> None:
    factories.person(ctx, "Ada")
    page = await tab("/sign-up").load()
    await page.ask("sign_up.submit", form=GOOD)
    assert page.shows("sign_up.errors") == {
        "username": TAKEN,
        "email": "User already exists with this email",
    }
    assert _sign_ups(ctx) == []


async def test_a_form_that_is_no_form_is_answered_by_sentences(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    page = await tab("/sign-up").load()
    for form in [*JUNK, *(dict.fromkeys(GOOD, each) for each in JUNK)]:
        page.forget()
        await page.ask("sign_up.submit", form=form)
        assert {"username", "email"} <= set(page.shows("sign_up.errors")), form
        assert page.deltas("sign_up.busy") == [True, False], form
        assert page.deltas("frame.notice") == [], form
    assert _sign_ups(ctx) == []


@pytest.mark.parametrize("field", GOOD)
async def test_one_field_of_a_wrong_type_is_answered_by_a_sentence(
    tab: Callable[..., Tab], ctx: Context, field: str
) -> None:
    page = await tab("/sign-up").load()
    for junk in JUNK:
        page.forget()
        await page.ask("sign_up.submit", form=GOOD | {field: junk})
        assert set(page.shows("sign_up.errors")) == {field}, junk
        assert page.deltas("frame.notice") == [], junk
    assert _sign_ups(ctx) == []


async def test_a_sign_up_leads_to_the_code_and_gives_the_browser_its_id(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    page = await tab("/sign-up").load()
    form = {"__reflex_form_data__": [list(each) for each in GOOD.items()]}
    await page.ask("sign_up.submit", form=form)
    assert page.redirects == ["/verify"]
    assert len(page.shows("sign_up.browser")) >= 32
    assert (page.shows("sign_up.errors"), page.shows("sign_up.busy")) == ({}, False)
    assert _sign_ups(ctx) == ["ada"]
    assert PASSWORD not in page.received


async def test_a_double_submit_is_one_sign_up_with_one_mail_to_go(
    tab: Callable[..., Tab], site: Site, ctx: Context
) -> None:
    page = await tab("/sign-up").load()
    for _ in range(2):
        await page.enqueue(f"{STATES['sign_up']}.submit", form=GOOD)
    await site.settle()
    assert page.shows("sign_up.errors") == {}
    assert _sign_ups(ctx) == ["ada"]
    with ctx.reading() as db:
        assert len(db.exec(select(Mail).where(Mail.sealed != None)).all()) == 1  # noqa: E711


async def test_a_browser_id_that_is_none_is_a_new_browsers(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    for n, junk in enumerate([*JUNK[:3], *JUNK[-3:]]):
        page = await tab("/sign-up", network=f"network {n}").load(browser=junk)
        form = GOOD | {"username": f"ada_{n}", "email": f"ada{n}@example.com"}
        await page.ask("sign_up.check_username", value=form["username"])
        assert page.shows("sign_up.username_fine") is True, junk
        await page.ask("sign_up.submit", form=form)
        assert page.redirects == ["/verify"], junk


async def test_a_username_is_judged_while_it_is_typed(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    factories.person(ctx, "Bob")
    page = await tab("/sign-up").load()
    for typed, note, fine in [
        ("ada", "Username is available", True),
        ("BOB", TAKEN, False),
        ("dashboard", TAKEN, False),
        ("12", "Use at least one letter or underscore.", False),
        ("a b", "Use 2–20 letters, numbers or underscores.", False),
        ("a", "", False),
        ("", "", False),
    ]:
        await page.ask("sign_up.check_username", value=typed)
        shown = (page.shows("sign_up.username_note"), page.shows("sign_up.username_fine"))
        assert shown == (note, fine), typed
        assert page.shows("sign_up.checking") is False


async def test_what_is_no_username_is_judged_by_a_sentence_or_not_at_all(
    tab: Callable[..., Tab],
) -> None:
    page = await tab("/sign-up").load()
    for junk in JUNK:
        page.forget()
        await page.ask("sign_up.check_username", value=junk)
        assert page.shows("sign_up.username_fine") is False, junk
        assert page.deltas("sign_up.checking")[-1:] in ([], [False]), junk
        assert page.deltas("frame.notice") == [], junk


async def test_too_many_checks_are_told_with_the_time_to_wait(tab: Callable[..., Tab]) -> None:
    page = await tab("/sign-up").load()
    for n in range(21):
        await page.ask("sign_up.check_username", value=f"ada_{n}")
    assert page.shows("sign_up.username_note").startswith("Too many attempts. Try again in ")
    assert (page.shows("sign_up.username_fine"), page.shows("sign_up.checking")) == (False, False)


async def test_busy_is_over_and_the_person_told_when_the_database_fails(
    tab: Callable[..., Tab], site: Site, ctx: Context
) -> None:
    page = await tab("/sign-up").load()
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE names RENAME TO gone")
    await page.ask("sign_up.submit", form=GOOD)
    assert page.deltas("sign_up.busy")[-2:] == [True, False]
    assert page.shows("frame.notice").startswith(OUR_FAULT)
    await page.ask("frame.dismiss")
    await page.ask("sign_up.check_username", value="ada")
    assert page.deltas("sign_up.checking")[-2:] == [True, False]
    assert page.shows("frame.notice").startswith(OUR_FAULT)
    assert (page.redirects, PASSWORD in page.received) == ([], False)


async def test_loading_the_page_begins_with_an_empty_form(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    page = await tab("/sign-up").load()
    await page.ask("sign_up.submit", form={})
    await page.ask("sign_up.check_username", value="ada")
    await page.load()
    assert page.shows("sign_up.errors") == {}
    assert (page.shows("sign_up.username_note"), page.shows("sign_up.busy")) == ("", False)
    with ctx.reading() as db:
        assert db.exec(select(Person)).all() == []
