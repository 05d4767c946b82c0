"""Pausing a page: told on both sides, open again at once or by itself, and the zone for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.e2e.conftest import Owner, Server, Visit

SOON = 15_000
DRAFT = "Something I nearly sent."


def unfold(owner: Owner) -> Page:
    page = owner.dashboard
    page.get_by_text("Pause", exact=True).click()
    return page


def test_a_pause_closes_the_page_for_senders_and_keeps_their_draft(
    watching: Owner, visitor: Visit
) -> None:
    sender = visitor().open(f"/u/{watching.name}")
    sender.get_by_label("Your message").fill(DRAFT)
    expect(sender.locator("[data-inbox=open]")).to_be_visible(timeout=SOON)
    page = unfold(watching)
    page.get_by_label("For 1 hour").check()
    page.get_by_role("button", name="Pause now").click()
    expect(page.get_by_text("Paused until")).to_be_visible(timeout=SOON)
    notice = sender.get_by_role("status").get_by_text("Opens again on")
    expect(notice).to_be_visible(timeout=SOON)
    expect(sender.get_by_label("Your message")).to_have_value(DRAFT)
    sender.get_by_role("button", name="Send", exact=True).click()
    expect(sender.locator("#page-notice")).to_be_focused(timeout=SOON)
    expect(sender.get_by_label("Your message")).to_have_value(DRAFT)

    page.get_by_role("button", name="End pause").click()
    expect(page.get_by_text("Paused until")).to_be_hidden(timeout=SOON)
    expect(notice).to_be_hidden(timeout=SOON)
    sender.get_by_role("button", name="Send", exact=True).click()
    expect(sender.get_by_text("Message sent anonymously")).to_be_visible(timeout=SOON)
    assert watching.visitor.server.inbox(watching.name) == [DRAFT]


def test_a_pause_ends_by_itself_in_every_open_tab(
    watching: Owner, visitor: Visit, server: Server
) -> None:
    page = unfold(watching)
    page.get_by_label("Until tomorrow").check()
    page.get_by_role("button", name="Pause now").click()
    expect(page.get_by_text("Paused until")).to_be_visible(timeout=SOON)
    sender = visitor().open(f"/u/{watching.name}")
    expect(sender.get_by_text("Opens again on")).to_be_visible()
    past = databases.earlier("paused_until", by=3 * 86400)
    server.sql(f"UPDATE people SET paused_until = {past} WHERE username = ?", watching.name)  # noqa: S608
    expect(page.get_by_text("Paused until")).to_be_hidden(timeout=SOON)
    expect(sender.locator("[data-inbox=open]")).to_be_visible(timeout=SOON)
    expect(sender.get_by_label("Your message")).to_be_visible()


def test_a_date_is_asked_for_and_a_past_one_refused(watching: Owner) -> None:
    page = unfold(watching)
    page.get_by_label("Until a date").check()
    page.get_by_label("Open again on").fill("2020-01-01")
    page.get_by_role("button", name="Pause now").click()
    refusal = page.get_by_text("Choose a day after today, at most a year ahead.")
    expect(refusal).to_be_visible(timeout=SOON)
    expect(page.get_by_label("Open again on")).to_have_value("2020-01-01")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_a_paused_page_says_when_it_opens_without_scripts_too(
    visitor: Visit, server: Server, name: str, options: dict[str, bool]
) -> None:
    server.settle(name)
    zone = "UPDATE people SET paused_until = ?, time_zone = ? WHERE username = ?"
    server.sql(zone, "2099-03-04 12:00:00.000000", "Asia/Karachi", name)
    page = visitor(**options).open(f"/u/{name}")
    expect(page.get_by_text(f"{name} is not accepting messages")).to_be_visible()
    said = "Opens again on Wednesday, 4 March 2099, 17:00 (UTC+5)."
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()


def test_the_browsers_zone_is_suggested_and_kept_only_when_saved(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    guest = visitor(timezone_id="Asia/Karachi")
    guest.sign_in(name)
    page = guest.open("/settings")
    box = page.get_by_label("Your time zone")
    expect(box).to_have_value("Asia/Karachi", timeout=SOON)
    expect(page.locator("#time-zones option[value='Europe/Berlin']")).to_have_count(1)
    asked = "SELECT time_zone FROM people WHERE username = ?"
    assert server.sql(asked, name) == [("",)]
    page.get_by_role("button", name="Save time zone").click()
    expect(page.get_by_text("Current: Asia/Karachi")).to_be_visible(timeout=SOON)
    assert server.sql(asked, name) == [("Asia/Karachi",)]

    page.get_by_label("Keep messages", exact=True).select_option("For 90 days")
    page.get_by_label("Keep starred messages").uncheck()
    page.get_by_role("button", name="Save how long").click()
    expect(page.locator("#retention-settings").get_by_text("Saved")).to_be_visible(timeout=SOON)
    page.reload()
    expect(page.get_by_label("Keep messages", exact=True)).to_have_value("90", timeout=SOON)
    expect(page.get_by_label("Keep starred messages")).not_to_be_checked()
