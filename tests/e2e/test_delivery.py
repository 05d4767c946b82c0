"""Messages that wait, seen by their sender and their owner, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.e2e.conftest import Owner, Server, Visit

SOON = 15_000
SOME_TIME = "Some time in the next 24 hours"
WAITING = (
    "SELECT count(*) FROM held_messages h JOIN people p ON p.id = h.person_id WHERE username = ?"
)


def fall_due(server: Server, name: str) -> None:
    """Let two days pass for what waits."""
    past = databases.earlier("due_at", by=2 * 86400)
    who = "person_id IN (SELECT id FROM people WHERE username = ?)"
    server.sql(f"UPDATE held_messages SET due_at = {past} WHERE {who}", name)  # noqa: S608


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message", exact=True).fill(text)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=SOON)


def test_an_owner_gets_messages_every_evening_and_their_page_says_so(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = settled.visitor.open("/settings#delivery")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible()
    expect(page.get_by_label("Deliver at")).to_be_hidden()
    page.get_by_label("Deliver messages").select_option("Once a day")
    page.get_by_label("Deliver at").select_option("20:00")
    page.get_by_role("button", name="Save delivery").click()
    said = f"{settled.name} gets messages every evening at 20:00 (UTC), in mixed order."
    expect(page.get_by_text(said)).to_be_visible(timeout=SOON)

    sender = visitor().open(f"/u/{settled.name}")
    expect(sender.get_by_text(said)).to_be_visible()
    dashboard = settled.dashboard
    expect(dashboard.get_by_text("No messages yet")).to_be_visible(timeout=SOON)
    for text in ("First of two", "Second of two"):
        write(sender, text)
        send(sender)
        sender.get_by_role("button", name="Send another").click()
    assert server.sql(WAITING, settled.name) == [(2,)]
    dashboard.reload()
    expect(dashboard.get_by_text("No messages yet")).to_be_visible(timeout=SOON)

    fall_due(server, settled.name)
    for text in ("First of two", "Second of two"):
        expect(dashboard.get_by_text(text)).to_be_visible(timeout=SOON)
    assert server.sql(WAITING, settled.name) == [(0,)]


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_a_sender_chooses_some_time_in_the_next_24_hours(
    visitor: Visit, server: Server, name: str, options: dict[str, bool]
) -> None:
    server.settle(name)
    page = visitor(**options).open(f"/u/{name}")
    write(page, "At any time")
    page.get_by_label(SOME_TIME).check()
    send(page)
    assert (server.inbox(name), server.sql(WAITING, name)) == ([], [(1,)])
    fall_due(server, name)
    for _ in range(100):
        if server.inbox(name):
            break
        page.wait_for_timeout(150)
    assert server.inbox(name) == ["At any time"]


def test_the_choice_survives_a_refusal_without_scripts(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    page = visitor(java_script_enabled=False).open(f"/u/{name}")
    write(page, "x" * 1001)
    page.get_by_label(SOME_TIME).check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label(SOME_TIME)).to_be_checked()
    write(page, "Short enough")
    send(page)
    assert (server.inbox(name), server.sql(WAITING, name)) == ([], [(1,)])


def test_quiet_hours_and_holding_until_three_have_come(settled: Owner, server: Server) -> None:
    page = settled.visitor.open("/settings#delivery")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible()
    page.get_by_label("Deliver nothing in these hours").check()
    page.get_by_label("From", exact=True).select_option("22:00")
    page.get_by_label("To", exact=True).select_option("22:00")
    page.get_by_role("button", name="Save quiet hours").click()
    expect(page.get_by_text("Choose two different hours.")).to_be_visible(timeout=SOON)
    page.get_by_label("To", exact=True).select_option("06:00")
    page.get_by_role("button", name="Save quiet hours").click()
    quiet = "Nothing is delivered from 22:00 to 06:00 (UTC)."
    expect(page.get_by_text(quiet)).to_be_visible(timeout=SOON)
    page.get_by_label("Hold until 3 or more have come").check()
    page.get_by_role("button", name="Save delivery").click()
    expect(page.get_by_text("They wait until at least 3 have come")).to_be_visible(timeout=SOON)
    page.reload()
    expect(page.get_by_label("Hold until 3 or more have come")).to_be_checked(timeout=SOON)
    expect(page.get_by_label("To", exact=True)).to_have_value("6")


def test_an_owner_decides_on_what_came_in_a_storm(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = settled.visitor.open("/settings#delivery")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible()
    page.get_by_label("Storm brake").select_option("More than 5 a minute")
    page.get_by_role("button", name="Save storm brake").click()
    expect(page.locator("#storm-settings").get_by_text("Saved")).to_be_visible(timeout=SOON)
    dashboard = settled.dashboard
    expect(dashboard.get_by_text("No messages yet")).to_be_visible(timeout=SOON)
    sender = visitor()
    for n in range(8):
        answer = sender.context.request.post(
            f"{server.url}/u/{settled.name}",
            form={"message": f"Number {n}"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert "Message sent anonymously" in answer.text()
    expect(dashboard.get_by_text("3 messages came in a storm")).to_be_visible(timeout=SOON)
    dashboard.get_by_role("button", name="Delete them").click()
    expect(dashboard.get_by_text("Delete them forever?")).to_be_focused(timeout=SOON)
    dashboard.get_by_role("button", name="Cancel").first.click()
    dashboard.get_by_role("button", name="Deliver them").click()
    expect(dashboard.get_by_text("came in a storm")).to_be_hidden(timeout=SOON)
    expect(dashboard.get_by_role("article")).to_have_count(8, timeout=SOON)
    assert sorted(server.inbox(settled.name)) == [f"Number {n}" for n in range(8)]
