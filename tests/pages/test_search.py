"""Searching on the dashboard, through its handlers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from tests import factories
from tests.payloads import JUNK
from tests.tabs import ROOT, STATES, Site, Tab

Open = Callable[..., Tab]


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


async def opened(tab: Open, folder: str = "") -> Tab:
    return await tab(f"/dashboard{folder and '?folder=' + folder}", "ada").load()


async def search(page: Tab, words: object, **more: object) -> Tab:
    return await page.ask("dashboard.search", form={"words": words, **more})


def found(page: Tab) -> list[str]:
    return [each["message"]["content"] for each in page.shows("dashboard.found")]


async def test_what_is_found_is_shown_in_pieces_and_told(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "Nothing", "The <b>Café</b> in May", "a cafe")
    page = await opened(tab)
    await search(page, "CAFE")
    assert found(page) == ["a cafe", "The <b>Café</b> in May"]
    parts = page.shows("dashboard.found")[1]["parts"]
    assert [(each["text"], each["is_match"]) for each in parts] == [
        ("The <b>", False),
        ("Café", True),
        ("</b> in May", False),
    ]
    for var in ("found_words", "news"):
        assert page.shows(f"dashboard.{var}") == "2 messages found"
    assert page.deltas("dashboard.is_searching")[-2:] == [True, False]
    assert page.shows("dashboard.searched_back") == ""
    await search(page, "nowhere")
    assert (found(page), page.shows("dashboard.found_words")) == ([], "No messages match")
    await page.ask("dashboard.end_search")
    assert (page.shows("dashboard.is_searched"), page.shows("dashboard.found")) == (False, [])


async def test_a_search_is_in_this_folder_or_in_all_but_the_trash(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "word inbox")
    factories.messages(ctx, ada, "word archive", folder="archive")
    factories.messages(ctx, ada, "word trash", folder="trash", trashed_from="inbox")
    page = await opened(tab, "archive")
    assert set(found(await search(page, "word"))) == {"word inbox", "word archive"}
    assert found(await search(page, "word", where="here")) == ["word archive"]
    trash = await opened(tab, "trash")
    assert found(await search(trash, "word", where="here")) == ["word trash"]


async def test_older_ones_are_found_below(tab: Open, ada: Person, ctx: Context) -> None:
    factories.messages(ctx, ada, *(f"number {n}" for n in range(45)))
    page = await opened(tab)
    await search(page, "number")
    assert len(found(page)) == 20
    assert page.shows("dashboard.searched_back") == f"Searched back to {ctx.now:%B %Y}"
    for count in (40, 45):
        await page.ask("dashboard.search_older")
        assert len(found(page)) == count
    assert page.shows("dashboard.searched_back") == ""
    assert found(page) == [f"number {n}" for n in range(44, -1, -1)]


async def test_what_was_found_changes_with_an_act_and_its_undo(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "word one", "word two", "word three")
    page = await opened(tab)
    await search(page, "word")
    first = page.shows("dashboard.found")[0]["message"]["id"]
    await page.ask("dashboard.act", what="star", ids=first)
    assert [each["message"]["is_starred"] for each in page.shows("dashboard.found")] == [
        True,
        False,
        False,
    ]
    await page.ask("dashboard.act", what="trash", ids=first)
    assert found(page) == ["word two", "word one"]
    assert page.shows("dashboard.found_words") == "2 messages found"
    other = await opened(tab)
    await other.ask("dashboard.act", what="trash", ids=other.inbox[0]["id"])
    assert found(page) == ["word one"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"words": ""}, "letter"),
    ({"words": "a" * 101}, "100"),
    ({"words": "a", "since": "2026-02-30"}, "day"),
    ({"words": "a", "since": "2026-03-02", "until": "2026-03-01"}, "first day"),
]


@pytest.mark.parametrize(("form", "said"), REFUSED)
async def test_a_search_that_is_none_is_refused_in_words(
    tab: Open, ada: Person, form: dict[str, Any], said: str
) -> None:
    page = await opened(tab)
    await page.ask("dashboard.search", form=form)
    assert said in page.shows("dashboard.search_error")
    assert page.shows("dashboard.is_searching") is False
    assert page.shows("dashboard.is_searched") is not True
    await search(page, "fine")
    assert page.shows("dashboard.search_error") == ""


async def test_nothing_made_up_searches(tab: Open, ada: Person, ctx: Context) -> None:
    factories.messages(ctx, factories.person(ctx, "eve"), "for eve")
    page = await opened(tab)
    await page.ask("dashboard.search_older")
    for junk in JUNK:
        await page.ask("dashboard.search", form=junk)
        await search(page, junk, where=junk, since=junk, until=junk)
    await search(page, "eve")
    assert found(page) == []
    assert "for eve" not in page.received


async def test_a_new_page_begins_without_a_search(tab: Open, ada: Person, ctx: Context) -> None:
    factories.messages(ctx, ada, "word")
    page = await opened(tab)
    await search(page, "word")
    await page.load()
    assert (page.shows("dashboard.is_searched"), page.shows("dashboard.found")) == (False, [])


async def test_searches_are_counted(tab: Open, ada: Person) -> None:
    page = await opened(tab)
    for _ in range(61):
        await search(page, "word")
    assert page.shows("dashboard.search_error").startswith("Too many attempts.")


async def test_a_search_that_comes_before_the_page_has_loaded_is_kept(
    tab: Open, site: Site, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "word", "another")
    page = tab("/dashboard", "ada")
    await page.enqueue(f"{ROOT}.hydrate_and_load", vars={}, hashes=["of an older page"])
    await page.enqueue(f"{STATES['dashboard']}.search", form={"words": "word"})
    await site.settle()
    assert found(page) == ["word"]
    assert page.shows("dashboard.is_searched") is True
