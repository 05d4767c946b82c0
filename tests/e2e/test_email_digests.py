"""Emails about new messages: chosen in the settings, ended by one click without a sign-in."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.e2e.conftest import Owner, Server, Visit

pytestmark = pytest.mark.e2e
CHOICE, HOUR = "Email me about new messages", "Hour of the day"
SECRET = "Only its owner may read this"


def _choose(page: Page, frequency: str) -> None:
    page.get_by_label(CHOICE).select_option(frequency)
    page.get_by_role("button", name="Save emails").click()
    expect(page.get_by_text("Saved")).to_be_visible()


def _pass_hours(server: Server, owner: Owner) -> None:
    """Make what the owner has two hours older, so that they're due."""
    mine = "(SELECT id FROM people WHERE username = ?)"
    for table, column in (
        ("messages", "sent_at"),
        ("email_digests", "next_at"),
        ("email_digests", "told_until"),
    ):
        by = 3600 if table == "messages" else 7200
        then = databases.earlier(column, by=by)
        server.sql(f"UPDATE {table} SET {column} = {then} WHERE person_id = {mine}", owner.name)  # noqa: S608


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_chosen_is_there_again(settled: Owner, width: int) -> None:
    page = settled.visitor.open("/settings#notifications")
    page.set_viewport_size({"width": width, "height": 844})
    expect(page.get_by_label(CHOICE)).to_have_value("off")
    expect(page.get_by_label(HOUR)).to_be_hidden()
    page.get_by_label(CHOICE).select_option("Once a day")
    page.get_by_label(HOUR).select_option("07:00")
    page.get_by_role("button", name="Save emails").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label(CHOICE)).to_have_value("daily")
    expect(page.get_by_label(HOUR)).to_have_value("7")
    _choose(page, "At most once an hour")
    expect(page.get_by_label(HOUR)).to_be_hidden()
    page.reload()
    expect(page.get_by_label(CHOICE)).to_have_value("hourly")


def test_an_email_says_how_many_and_its_link_ends_them_without_javascript(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    _choose(settled.visitor.open("/settings"), "At most once an hour")
    public = visitor().open(f"/u/{settled.name}")
    public.get_by_label("Your message", exact=True).fill(SECRET)
    public.get_by_role("button", name="Send", exact=True).click()
    expect(public.get_by_text("Message sent anonymously")).to_be_visible()
    _pass_hours(server, settled)
    text = server.mail(settled.email)
    assert "there's 1 new anonymous message" in text
    assert SECRET not in text
    found = re.search(r"https?://\S+/unsubscribe\?key=\S+", text)
    assert found is not None
    [file] = [
        each for each in (server.data / "outbox").glob("*.eml") if settled.name in each.read_text()
    ]
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["List-Unsubscribe"] == f"<{found[0]}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    elsewhere = visitor(java_script_enabled=False)
    page = elsewhere.open(found[0])
    expect(page.get_by_role("heading", name="Stop emails about new messages?")).to_be_visible()
    told = (
        "SELECT frequency FROM email_digests d JOIN people p ON p.id = d.person_id "
        "WHERE p.username = ?"
    )
    assert server.sql(told, settled.name) == [("hourly",)]
    page.get_by_role("button", name="Stop these emails").click()
    expect(page.get_by_role("heading", name="These emails have ended")).to_be_visible()
    assert server.sql(told, settled.name) == []
    assert elsewhere.context.cookies() == []

    settings = settled.visitor.open("/settings")
    expect(settings.get_by_label(CHOICE)).to_have_value("off")
    assert "unsubscribe" not in server.log.read_text()
