"""The folders of the dashboard: read, sorted, deleted, and taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import databases
from tests.e2e.conftest import Owner, Server, Visit

SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def folder(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Folders").get_by_role("link", name=name)


def opened(visitor: Visit, server: Server, name: str, *texts: str) -> Page:
    server.settle(name, *texts)
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    expect(page.get_by_role("article")).to_have_count(len(texts))
    return page


def button(message: Locator, name: str) -> Locator:
    return message.get_by_role("button", name=name, exact=True)


def test_a_message_goes_to_the_trash_at_once_and_undo_brings_it_back(
    visitor: Visit, server: Server, name: str
) -> None:
    page = opened(visitor, server, name, "the first", "the second", "the third")
    messages = page.get_by_role("article")
    button(messages.nth(1), "Delete").click()
    expect(messages).to_have_count(2)
    # The focus goes to the message that took its place.
    expect(messages.nth(1)).to_be_focused()
    bar = page.locator(".undo-bar")
    expect(bar).to_contain_text("Moved to trash")
    bar.get_by_role("button", name="Undo").click()
    expect(messages).to_have_count(3)
    expect(messages.nth(1)).to_contain_text("the second")
    expect(bar).to_be_hidden()


def test_undo_stays_as_long_as_somebody_points_at_it(
    visitor: Visit, server: Server, name: str
) -> None:
    page = opened(visitor, server, name, "the first", "the second")
    button(page.get_by_role("article").first, "Archive").click()
    bar = page.locator(".undo-bar")
    expect(bar).to_contain_text("Archived")
    bar.hover()
    page.wait_for_timeout(9000)
    expect(bar).to_be_visible()
    page.mouse.move(0, 0)
    expect(bar).to_be_hidden(timeout=12_000)
    # What nobody sees can't be pressed.
    expect(bar.get_by_role("button", name="Undo", include_hidden=True)).not_to_be_visible()


def test_each_folder_has_its_place_in_the_url(visitor: Visit, server: Server, name: str) -> None:
    page = opened(visitor, server, name, "kept", "starred", "archived", "deleted")
    message = page.get_by_role("article")
    for act, text in (("Star", "starred"), ("Archive", "archived"), ("Delete", "deleted")):
        button(message.filter(has_text=text), act).click()
        expect(page.locator(".undo-bar")).to_be_visible()
    expect(message).to_have_count(2)
    for name_of, text in (("Starred", "starred"), ("Archive", "archived"), ("Trash", "deleted")):
        folder(page, name_of).click()
        expect(folder(page, name_of)).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading", name=name_of)).to_be_visible()
        expect(message).to_have_count(1)
        expect(message).to_contain_text(text)
        page.reload()
        expect(message).to_contain_text(text)
    button(message, "Restore").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    page.go_back()
    expect(message).to_contain_text("archived")
    button(message, "Move to inbox").click()
    folder(page, "Inbox").click()
    expect(message).to_have_count(4)


def test_a_message_is_deleted_forever_only_behind_the_question(
    visitor: Visit, server: Server, name: str
) -> None:
    page = opened(visitor, server, name, SCRIPT)
    message, dialog = page.get_by_role("article"), page.get_by_role("alertdialog")
    button(message, "Delete").click()
    expect(page.get_by_text("No messages yet")).to_be_visible()
    folder(page, "Trash").click()
    button(message, "Delete forever").click()
    expect(dialog).to_contain_text("Delete this message forever?")
    expect(dialog).to_contain_text(SCRIPT)
    dialog.get_by_role("button", name="Cancel").click()
    page.reload()
    expect(message).to_have_count(1)
    button(message, "Delete forever").click()
    dialog.get_by_role("button", name="Delete forever").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert server.sql("SELECT count(*) FROM messages") == [(0,)] or server.inbox(name) == []


def test_a_message_is_read_once_it_was_on_the_screen_for_a_second(
    visitor: Visit, server: Server, name: str
) -> None:
    page = opened(visitor, server, name, *("A line.\n" * 12 for _ in range(5)))
    messages = page.get_by_role("article")
    expect(page).to_have_title(re.compile(r"^\(5\) "))
    unread = page.locator("article:has(.unread-dot)")
    expect(unread).to_have_count(4, timeout=5000)
    # It's shown as unread, and stays so although it's on the screen.
    button(messages.first, "More").click()
    page.get_by_role("button", name="Mark as unread").click()
    dot = messages.first.get_by_text("Unread", exact=True)
    expect(dot).to_have_count(1)
    page.wait_for_timeout(2500)
    expect(dot).to_have_count(1)
    page.get_by_role("button", name="Mark all as read").click()
    expect(unread).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(dot).to_have_count(1)


def test_several_messages_are_one_act(visitor: Visit, server: Server, name: str) -> None:
    page = opened(visitor, server, name, *(f"number {n}" for n in range(4)))
    messages, bar = page.get_by_role("article"), page.get_by_role("group", name="Selected messages")
    page.get_by_role("button", name="Select", exact=True).click()
    for nth in (0, 2):
        messages.nth(nth).get_by_role("checkbox").check()
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Archive").click()
    expect(messages).to_have_count(2)
    expect(bar).to_be_hidden()
    expect(page.locator(".undo-bar")).to_contain_text("2 messages archived")
    page.get_by_role("button", name="Undo").click()
    expect(messages).to_have_count(4)
    page.get_by_role("button", name="Select", exact=True).click()
    bar.get_by_role("button", name="Select all").click()
    expect(bar).to_contain_text("4 selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


@pytest.mark.parametrize("note", ["Ask Ben about it", SCRIPT, "ملاحظة"])
def test_a_note_is_private_and_stays_beside_its_message(
    visitor: Visit, server: Server, name: str, note: str
) -> None:
    page = opened(visitor, server, name, "the first")
    message = page.get_by_role("article")
    button(message, "More").click()
    page.get_by_role("button", name="Note").click()
    page.get_by_label("Your note").fill(note)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(message).to_contain_text(note)
    page.reload()
    expect(message).to_contain_text(note)
    expect(visitor().open(f"/u/{name}").get_by_text(note)).to_have_count(0)


def test_new_messages_move_nothing_for_somebody_further_down(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name, *("A line.\n" * 6 for _ in range(15)))
    then = databases.earlier("sent_at", by=60)
    server.sql(f"UPDATE messages SET sent_at = {then}")  # noqa: S608
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    articles = page.get_by_role("article")
    expect(articles).to_have_count(15)
    articles.nth(9).scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    read = page.locator(f"[data-message-id='{articles.nth(9).get_attribute('data-message-id')}']")
    place = read.bounding_box()
    sender = visitor().open(f"/u/{name}")
    sender.get_by_label("Your message").fill("Just in")
    sender.get_by_role("button", name="Send", exact=True).click()
    expect(sender.get_by_text("Message sent anonymously")).to_be_visible()
    pill = page.get_by_role("button", name="1 new message")
    expect(pill).to_be_visible()
    now = read.bounding_box()
    assert place is not None
    assert now is not None
    assert abs(place["y"] - now["y"]) < 3
    pill.click()
    expect(articles.first).to_be_in_viewport()
    expect(articles.first).to_contain_text("Just in")
    expect(pill).to_be_hidden()


def test_messages_stand_under_their_days(watching: Owner, server: Server, visitor: Visit) -> None:
    sender = visitor().open(f"/u/{watching.name}")
    sender.get_by_label("Your message").fill("From today")
    sender.get_by_role("button", name="Send", exact=True).click()
    page = watching.dashboard
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    time = page.get_by_role("article").locator("time")
    expect(time).to_contain_text("just now")
    expect(time).to_have_attribute("title", re.compile(r"\d{4}.*\d:\d\d"))


def test_a_closed_inbox_says_so_on_top(watching: Owner) -> None:
    page = watching.dashboard
    page.get_by_role("switch", name="Accept messages").click()
    banner = page.get_by_text("Your inbox is closed.")
    expect(banner).to_be_in_viewport()
    page.get_by_role("switch", name="Accept messages").click()
    expect(banner).to_be_hidden()
