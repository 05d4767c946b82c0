"""Searching on the dashboard, and its single keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, Visit

SCRIPT = "<img src=x onerror=alert(1)>"


def opened(visitor: Visit, server: Server, name: str, *texts: str) -> Page:
    server.settle(name, *texts)
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    expect(page.get_by_role("article")).to_have_count(len(texts))
    return page


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("We meet at the Café tomorrow", "cafe MEET", ["meet", "Café"]),
        ("یہ ایک پیغام ہے", "پيغام", ["پیغام"]),
        (f"Look {SCRIPT} here", "<img onerror=", ["<img", "onerror="]),
        ("100%_sure' OR 1=1 --", "%_ ' --", ["%_", "'", "--"]),
    ],
)
def test_what_is_found_is_marked(
    visitor: Visit, server: Server, name: str, text: str, words: str, marked: list[str]
) -> None:
    page = opened(visitor, server, name, text, "Something else")
    url = page.url
    box = page.get_by_role("searchbox", name="Search messages")
    box.fill(words)
    box.press("Enter")
    expect(page.get_by_text("1 message found").first).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article").locator(".message-text")).to_have_text(text)
    assert page.locator("article mark").all_text_contents() == marked
    # Words would reach histories and proxies' logs.
    assert page.url == url
    box.press("Escape")
    expect(page.get_by_role("article")).to_have_count(2)
    expect(box).to_have_value("")
    expect(box).to_be_focused()


def test_nothing_found_says_so_and_a_bad_period_too(
    visitor: Visit, server: Server, name: str
) -> None:
    page = opened(visitor, server, name, "The first")
    box = page.get_by_role("searchbox", name="Search messages")
    box.fill("second")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("No messages match").first).to_be_visible()
    page.get_by_text("Where and when").click()
    page.get_by_label("From").fill("2026-03-02")
    page.get_by_label("To", exact=True).fill("2026-03-01")
    box.press("Enter")
    expect(page.get_by_text("The first day is after the last one.")).to_be_visible()
    page.get_by_role("button", name="End search").click()
    expect(page.get_by_role("article")).to_have_count(1)


def test_older_messages_are_found_on_request(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name, *(f"number {n}" for n in range(25)))
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    box = page.get_by_role("searchbox", name="Search messages")
    box.fill("number")
    box.press("Enter")
    expect(page.get_by_text("Searched back to")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(20)
    page.get_by_role("button", name="Search older").click()
    expect(page.get_by_role("article")).to_have_count(25)
    expect(page.get_by_text("Searched back to")).to_be_hidden()


def test_single_keys_do_what_the_buttons_do(visitor: Visit, server: Server, name: str) -> None:
    page = opened(visitor, server, name, "three", "two", "one")
    messages = page.get_by_role("article")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(messages.nth(place)).to_be_focused()
    page.keyboard.press("s")
    expect(messages.nth(1).get_by_role("button", name="Unstar")).to_be_visible()
    page.keyboard.press("e")
    expect(messages).to_have_count(2)
    expect(messages.nth(1)).to_be_focused()
    page.keyboard.press("#")
    expect(messages).to_have_count(1)
    expect(messages.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copy text")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Search messages")
    expect(box).to_be_focused()
    # In a field, a key is a letter.
    page.keyboard.type("jkes#u/?")
    expect(box).to_have_value("jkes#u/?")
    expect(messages).to_have_count(1)


def test_single_keys_can_be_turned_off(visitor: Visit, server: Server, name: str) -> None:
    page = opened(visitor, server, name, "one")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    sheet.get_by_role("switch", name="Single-key shortcuts").click()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("article")).not_to_be_focused()
    page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    switch = sheet.get_by_role("switch", name="Single-key shortcuts")
    expect(switch).not_to_be_checked()
    switch.click()
    sheet.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    expect(page.get_by_role("article")).to_be_focused()


def test_nothing_is_done_with_a_modifier_or_in_a_dialog(
    visitor: Visit, server: Server, name: str
) -> None:
    page = opened(visitor, server, name, "one")
    message = page.get_by_role("article")
    message.focus()
    for key in ("Control+e", "Alt+s", "Meta+u"):
        page.keyboard.press(key)
    page.keyboard.press("?")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    expect(message).to_have_count(1)
    expect(message.get_by_role("button", name="Star", exact=True)).to_be_visible()
