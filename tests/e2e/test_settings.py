"""The settings page in a real browser: profile, username, email, password, browsers."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit, sign_in

pytestmark = pytest.mark.e2e
NEW_PASSWORD = "another long sentence of theirs"


def _settings(owner: Owner) -> Page:
    page = owner.visitor.open("/settings")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible()
    return page


def _link(server: Server, to: str, page: str, *, after: int = 0) -> str:
    found = re.search(rf"https?://\S+/{page}#\S+", server.mail(to, after=after))
    assert found is not None
    return found[0]


def test_a_profile_and_a_new_name_reach_the_public_page(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = _settings(settled)
    page.get_by_label("Display name").fill("Ada <b>L.</b>")
    page.get_by_label("Prompt").fill("Ask me <i>anything</i>")
    page.get_by_label("About you").fill("I count.\nAnd think.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved")).to_be_visible()
    new_name = f"m{settled.name[2:]}"
    page.get_by_label("New username").fill(new_name)
    expect(page.get_by_text("Username is available")).to_be_visible()
    page.get_by_role("button", name="Change username").click()
    question = page.get_by_text(f"Change your username to {new_name}?")
    expect(question).to_be_focused()
    expect(page.get_by_text("You can't change it again for 7 days.")).to_be_visible()
    assert server.sql("SELECT * FROM people WHERE username = ?", new_name) == []
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("New username")).to_be_focused()
    expect(page.get_by_label("New username")).to_have_value(new_name)
    page.get_by_role("button", name="Change username").click()
    expect(question).to_be_focused()
    page.get_by_role("button", name="Change username").click()
    expect(page.get_by_text(f"Your page is now {new_name}.")).to_be_visible()

    public = visitor().open(f"/u/{settled.name}")
    expect(public).to_have_url(f"{server.url}/u/{new_name}")
    heading = public.get_by_role("heading", level=1)
    expect(heading).to_have_text("Send Ada <b>L.</b> an anonymous message")
    expect(public.get_by_text(f"@{new_name}", exact=True)).to_be_visible()
    expect(public.get_by_text("Ask me <i>anything</i>", exact=True)).to_be_visible()
    expect(public.get_by_text("I count.")).to_be_visible()
    expect(public).to_have_title("Send Ada <b>L.</b> an anonymous message · anonmsg")
    public.get_by_label("Your message", exact=True).fill("To the new name")
    public.get_by_role("button", name="Send", exact=True).click()
    expect(public.get_by_text("Message sent anonymously")).to_be_visible()
    assert server.inbox(new_name) == ["To the new name"]


def test_what_is_typed_while_the_page_loads_or_saves_stays(settled: Owner, server: Server) -> None:
    kept = (
        "UPDATE people SET display_name = 'Ada', prompt = 'Ask', bio = 'I count' WHERE username = ?"
    )
    server.sql(kept, settled.name)
    page = settled.visitor.context.new_page()
    # React's scripts, and so the settings, come late.
    page.route("**/assets/*.js", lambda route: (time.sleep(0.2), route.continue_()))
    page.goto(f"{server.url}/settings")
    page.get_by_label("Display name").fill("Countess")
    expect(page.get_by_label("About you")).to_have_value("I count")
    expect(page.get_by_label("Prompt")).to_have_value("Ask")
    expect(page.get_by_label("Display name")).to_have_value("Countess")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Display name").fill("Countess of")
    expect(page.get_by_text("Saved")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.get_by_label("Display name")).to_have_value("Countess of")
    mine = "SELECT display_name, prompt, bio FROM people WHERE username = ?"
    assert server.sql(mine, settled.name) == [("Countess", "Ask", "I count")]


def test_each_group_has_an_address_and_is_marked_while_it_is_read(settled: Owner) -> None:
    page = _settings(settled)
    links = page.get_by_role("navigation", name="Settings").get_by_role("link")
    expect(links).to_have_text(
        ["Your page", "Delivery", "Notifications", "Account", "Security", "Your data"]
    )
    current = page.locator("[data-sections] [aria-current]")
    expect(current).to_have_text("Your page")
    links.nth(4).click()
    expect(page).to_have_url(re.compile("/settings#security$"))
    expect(page.get_by_role("heading", name="Security")).to_be_in_viewport()
    expect(current).to_have_text("Security")
    again = settled.visitor.open("/settings#data")
    expect(again.get_by_role("heading", name="Your data")).to_be_in_viewport()
    expect(again.locator("[data-sections] [aria-current]")).to_have_text("Your data")


def test_another_address_is_confirmed_by_its_link_and_undone_by_the_old_ones(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = _settings(settled)
    new = f"new-{settled.email}"
    page.get_by_label("New email").fill(new)
    page.get_by_role("button", name="Change email").click()
    expect(page.get_by_text("Open the link in the email")).to_be_visible()

    # In another browser, as on a phone, where nobody is signed in.
    elsewhere = visitor().open(_link(server, new, "confirm-email"))
    expect(elsewhere).to_have_url(f"{server.url}/confirm-email")
    elsewhere.get_by_role("button", name="Confirm").click()
    expect(elsewhere.get_by_text("This is your email now.")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"Current: {new}")).to_be_visible()

    old = visitor().open(_link(server, settled.email, "undo-email"))
    old.get_by_role("button", name="Undo the change").click()
    expect(old.get_by_text("Your old email is back")).to_be_visible()
    expect(page.get_by_text("You've been signed out")).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in"))
    assert server.sql("SELECT email FROM people WHERE username = ?", settled.name) == [
        (settled.email,)
    ]


def test_a_new_password_signs_the_other_browsers_out_at_once(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    other = visitor()
    other.sign_in(settled.name)
    idle = other.open("/dashboard")
    expect(idle.get_by_text("No messages yet")).to_be_visible()
    page = _settings(settled)
    expect(page.get_by_role("listitem").filter(has_text="Last used")).to_have_count(1)

    page.get_by_role("region", name="Password").get_by_label("Current password").fill(
        "not the password"
    )
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Incorrect password")).to_be_visible()
    expect(page.get_by_label("New password", exact=True)).to_have_value(NEW_PASSWORD)
    page.get_by_role("region", name="Password").get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()

    expect(idle.get_by_text("You've been signed out")).to_be_visible(timeout=5000)
    sign_in(idle, settled.name, NEW_PASSWORD)
    idle.wait_for_url("**/dashboard")
    page.reload()
    mine = page.get_by_role("listitem").filter(has_text="Chrome on LinuxThis browser")
    expect(mine).to_be_visible()


def test_everywhere_else_is_signed_out_by_one_button(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    others = [visitor() for _ in range(2)]
    for each in others:
        each.sign_in(settled.name)
    idle = [each.open("/dashboard") for each in others]
    for tab in idle:
        expect(tab.get_by_text("No messages yet")).to_be_visible()
    page = _settings(settled)
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("Every other browser is signed out.")).to_be_visible()
    for tab in idle:
        expect(tab.get_by_text("You've been signed out")).to_be_visible(timeout=5000)
    expect(page.get_by_role("listitem").filter(has_text="Last used")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="This browser")).to_be_visible()
