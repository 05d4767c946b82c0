"""Drafts are kept for the tab, until they're sent, and suggestions never lose one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Owner, Server, Visit

WAIT = 15_000
SENT = "Message sent anonymously"
KEPT = "Your draft stays in this tab until you send it."


def box(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_label("Your message", exact=True)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def stored(page: Page) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter((key) => /^draft:/.test(key))")


def test_a_reload_keeps_the_draft_until_it_is_sent(
    visitor: Visit, server: Server, settled: Owner
) -> None:
    page = visitor().open(f"/u/{settled.name}")
    expect(page.get_by_text(KEPT)).to_be_visible()
    box(page).fill("Half a thought")
    # The browser itself restores fields on a reload, but not in a new visit.
    page.goto(f"{server.url}/privacy")
    page.goto(f"{server.url}/u/{settled.name}")
    expect(box(page)).to_have_value("Half a thought")
    expect(page.locator("[data-counter-for]")).to_have_text("986 left")
    box(page).fill("A whole thought")
    send(page)
    expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)
    assert stored(page) == []
    page.goto(f"{server.url}/privacy")
    page.goto(f"{server.url}/u/{settled.name}")
    expect(box(page)).to_have_value("")
    assert server.inbox(settled.name) == ["A whole thought"]


def test_the_draft_for_a_page_that_was_removed_can_be_copied_after_a_reload(
    visitor: Visit, server: Server, settled: Owner
) -> None:
    writer = visitor(viewport={"width": 390, "height": 844})
    writer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = writer.open(f"/u/{settled.name}")
    box(page).fill("Half a thought,\nof two lines")
    server.sql("UPDATE people SET banned_at = created_at WHERE username = ?", settled.name)
    page.goto(f"{server.url}/u/{settled.name}")
    expect(page.get_by_role("heading", name="Nobody's here.")).to_be_visible()
    kept = page.get_by_label("What you wrote")
    expect(kept).to_have_value("Half a thought,\nof two lines")
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_text("Text copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Half a thought,\nof two lines"
    page.goto(f"{server.url}/u/somebody_else")
    expect(page.get_by_role("heading", name="Nobody's here.")).to_be_visible()
    expect(page.get_by_label("What you wrote")).to_be_hidden()


def test_a_draft_is_of_its_page_and_tab_and_an_emptied_one_is_gone(
    visitor: Visit, server: Server, settled: Owner, name: str
) -> None:
    other = f"{name}b"
    server.settle(other)
    person = visitor()
    page = person.open(f"/u/{settled.name}")
    box(page).fill("For one person only")
    page.goto(f"{server.url}/u/{other}")
    expect(box(page)).to_have_value("")
    tab = person.open(f"/u/{settled.name}")
    expect(box(tab)).to_have_value("")
    page.goto(f"{server.url}/u/{settled.name}")
    expect(box(page)).to_have_value("For one person only")
    box(page).fill("")
    assert stored(page) == []


def test_a_draft_posted_natively_is_gone_once_it_is_sent(
    visitor: Visit, server: Server, settled: Owner
) -> None:
    person = visitor()
    person.bears = re.compile("Failed to load resource")
    person.context.route("**/assets/*.js", lambda route: route.abort())
    page = person.open(f"/u/{settled.name}")
    box(page).fill("By post")
    send(page)
    expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)
    # Back by the browser: the draft is there, under the key it was sent with.
    page.goto(f"{server.url}/u/{settled.name}")
    expect(box(page)).to_have_value("By post")
    send(page)
    expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)
    assert server.inbox(settled.name) == ["By post"]
    # Changed, it's another message.
    page.goto(f"{server.url}/u/{settled.name}")
    box(page).fill("By post again")
    send(page)
    expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)
    assert server.inbox(settled.name) == ["By post", "By post again"]
    page.get_by_role("link", name="Send another").click()
    expect(box(page)).to_have_value("")
    assert stored(page) == []
    assert page.url == f"{server.url}/u/{settled.name}"


def test_without_storage_nothing_is_promised(visitor: Visit, settled: Owner) -> None:
    person = visitor()
    person.context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { configurable: true, value: null });"
    )
    page = person.open(f"/u/{settled.name}")
    expect(box(page)).to_be_visible()
    expect(page.get_by_text(KEPT)).to_be_hidden()


def test_a_suggestion_fills_an_empty_box_and_replaces_a_draft_with_undo(
    visitor: Visit, settled: Owner
) -> None:
    page = visitor().open(f"/u/{settled.name}")
    page.get_by_role("button", name="Suggest messages").click()
    chips = page.locator("[data-suggestion]")
    first, second = (chips.nth(nth).inner_text() for nth in range(2))
    undo = page.get_by_role("button", name="Undo")
    chips.nth(0).click()
    expect(box(page)).to_have_value(first)
    expect(undo).to_be_hidden()
    chips.nth(1).click()
    expect(box(page)).to_have_value(second)
    expect(undo).to_be_hidden()

    box(page).fill("What I wrote\nmyself")
    chips.nth(0).click()
    expect(box(page)).to_have_value(first)
    expect(page.get_by_text("Your text was replaced.")).to_be_visible()
    chips.nth(1).click()
    undo.click()
    expect(box(page)).to_have_value("What I wrote\nmyself")
    expect(box(page)).to_be_focused()
    expect(undo).to_be_hidden()

    chips.nth(0).click()
    page.keyboard.press("Control+z")
    expect(box(page)).to_have_value("What I wrote\nmyself")
    expect(undo).to_be_hidden()
    chips.nth(0).click()
    page.keyboard.type("!")
    expect(undo).to_be_hidden()


@pytest.mark.parametrize("is_composing", [True, False])
def test_an_input_method_that_composes_does_not_send(
    visitor: Visit, server: Server, settled: Owner, *, is_composing: bool
) -> None:
    page = visitor().open(f"/u/{settled.name}")
    box(page).fill("にほん")
    box(page).evaluate(
        "(box, isComposing) => box.dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'Enter', ctrlKey: true, bubbles: true, isComposing }))",
        is_composing,
    )
    if is_composing:
        page.wait_for_timeout(1500)
        assert server.inbox(settled.name) == []
    else:
        expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)


@pytest.mark.parametrize("has_touch", [True, False])
def test_a_copy_that_fails_says_what_to_do_on_this_device(
    visitor: Visit, name: str, server: Server, *, has_touch: bool
) -> None:
    server.settle(name)
    person = visitor(has_touch=has_touch, is_mobile=has_touch)
    person.sign_in(name)
    person.context.add_init_script("navigator.clipboard.writeText = () => Promise.reject();")
    page = person.open("/dashboard")
    page.get_by_role("button", name="Copy link").click()
    said = page.locator("[data-copy-said=public-link]")
    touch, keys = "Hold the selected text, then tap Copy.", "Press Ctrl+C or Cmd+C to copy."
    expect(said).to_have_text(touch if has_touch else keys)
