"""Trying an empty inbox: a message that its owner sends, and that says so everywhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Owner, Server, Visit

pytestmark = pytest.mark.e2e
MARK = "Test message"


def test_an_owner_tries_the_inbox_and_then_gets_a_message(
    watching: Owner, visitor: Visit, server: Server
) -> None:
    page = watching.dashboard
    page.get_by_role("button", name="Send yourself a test message").click()
    shown = page.get_by_role("article")
    expect(shown).to_have_count(1)
    expect(shown.get_by_text(MARK, exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Messages")).to_have_text("Messages")
    page.reload()
    expect(shown.get_by_text(MARK, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Send yourself a test message")).to_be_hidden()

    public = visitor().open(f"/u/{watching.name}")
    public.get_by_label("Your message", exact=True).fill("A real one")
    public.get_by_role("button", name="Send", exact=True).click()
    expect(shown).to_have_count(2)
    expect(page.get_by_text(MARK, exact=True)).to_have_count(1)
    expect(shown.filter(has_text="A real one").get_by_text(MARK)).to_have_count(0)
    mine = "SELECT inbox, inbox_unread FROM inboxes i JOIN people p ON p.id = i.person_id"
    assert server.sql(f"{mine} WHERE username = ?", watching.name) == [(1, 1)]
