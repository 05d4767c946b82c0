"""Double-click each account form's button: the change is made once."""

from __future__ import annotations

import pyotp
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import (
    PASSWORD,
    Owner,
    Server,
    Visit,
    sign_in,
    unfold_delete_account,
)

NEW = "moss kettle violin zebra"


def settings(owner: Owner) -> Page:
    page = owner.visitor.open("/settings")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible()
    return page


def twice(place: Page | Locator, button: str) -> None:
    place.get_by_role("button", name=button, exact=True).dblclick()


def test_the_settings_change_once(settled: Owner, visitor: Visit, server: Server) -> None:
    other = visitor()
    other.sign_in(settled.name)
    page = settings(settled)
    page.get_by_label("Display name").fill("Ada L.")
    twice(page, "Save")
    expect(page.get_by_text("Saved")).to_be_visible()

    new_name = f"m{settled.name[2:]}"
    page.get_by_label("New username").fill(new_name)
    twice(page, "Change username")
    expect(page.get_by_text("You can't change it again for 7 days.")).to_be_visible()
    twice(page, "Change username")
    expect(page.get_by_text(f"Your page is now {new_name}.")).to_be_visible()

    new_email = f"{settled.name}@example.org"
    page.get_by_label("New email").fill(new_email)
    twice(page, "Change email")
    expect(page.get_by_text("Open the link in the email")).to_be_visible()
    link = server.link(new_email)

    browsers = page.get_by_role("region", name="Where you're signed in")
    expect(browsers.get_by_role("listitem")).to_have_count(2)
    browsers.get_by_role("button", name="Sign out of").dblclick()
    expect(page.get_by_text("That browser is signed out.")).to_be_visible()
    expect(browsers.get_by_role("listitem")).to_have_count(1)

    changing = page.get_by_role("region", name="Password", exact=True)
    changing.get_by_label("Current password").fill(PASSWORD)
    changing.get_by_label("New password").fill(NEW)
    twice(changing, "Change password")
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    expect(page.get_by_text("Incorrect password")).to_be_hidden()
    expect(changing.get_by_label("Current password")).to_have_value("")
    expect(changing.get_by_label("New password")).to_have_value("")
    assert len(server.mails(new_email)) == 1
    assert "your password was just changed" in server.mail(settled.email)
    assert len(server.mails(settled.email)) == 1

    # Changing the password cancels a pending email change.
    elsewhere = visitor().open(link)
    twice(elsewhere, "Confirm")
    expect(elsewhere.get_by_text("This link has expired or been used.")).to_be_visible()


def test_two_step_sign_in_turns_on_and_off_once(settled: Owner, server: Server) -> None:
    part = settings(settled).get_by_role("region", name="Two-factor sign-in")
    twice(part, "Set up")
    expect(part.get_by_label("Code from the app")).to_be_focused()
    key = part.get_by_label("Key", exact=True).input_value().replace(" ", "")
    part.get_by_label("Code from the app").fill(pyotp.TOTP(key).now())
    twice(part, "Turn on")
    shown = part.get_by_label("Recovery codes", exact=True)
    expect(shown).to_be_focused()
    assert len(shown.input_value().split()) == 10
    expect(part.get_by_role("alert").filter(has_text="changed somewhere else")).to_have_count(0)
    part.get_by_role("button", name="Done").dblclick()
    expect(part.get_by_text("Recovery codes left: 10")).to_be_visible()
    part.get_by_label("Current password").fill(PASSWORD)
    twice(part, "Turn off two-factor sign-in")
    expect(part.get_by_text("Two-factor sign-in is off.")).to_be_visible()
    server.mail(settled.email, after=1)
    assert len(server.mails(settled.email)) == 2


def test_a_forgotten_password_is_replaced_once(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = visitor().open("/forgot-password")
    page.get_by_label("Email").fill(settled.email)
    twice(page, "Send reset link")
    expect(page.get_by_text("we've sent a link")).to_be_visible()
    page.goto(server.link(settled.email))
    page.get_by_label("New password").fill(NEW)
    twice(page, "Reset password")
    page.wait_for_url("**/sign-in")
    expect(page.get_by_text("Your password is changed. Sign in to continue.")).to_be_visible()
    expect(page.get_by_text("has expired or been used")).to_be_hidden()
    sign_in(page, settled.name, NEW)
    page.wait_for_url("**/dashboard")
    server.mail(settled.email, after=1)
    assert len(server.mails(settled.email)) == 2


def test_an_address_is_confirmed_and_an_account_left_once(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = settings(settled)
    new_email = f"{settled.name}@example.org"
    page.get_by_label("New email").fill(new_email)
    twice(page, "Change email")
    for to, button, told in (
        (new_email, "Confirm", "This is your email now."),
        (settled.email, "Undo the change", "Your old email is back"),
    ):
        opened = visitor().open(server.link(to))
        twice(opened, button)
        expect(opened.get_by_text(told)).to_be_visible()
        expect(opened.get_by_text("has expired or been used")).to_be_hidden()

    expect(page).to_have_url(f"{server.url}/sign-in?next=/settings")
    sign_in(page, settled.name)
    expect(page).to_have_url(f"{server.url}/settings")
    leaving = unfold_delete_account(page)
    leaving.get_by_label("Type your username").fill(settled.name)
    leaving.get_by_label("Current password").fill(PASSWORD)
    twice(leaving, "Delete account")
    expect(page.get_by_text("Your account will be deleted on")).to_be_visible()
    assert server.sql(
        "SELECT count(*) FROM people WHERE username = ? AND leaves_at IS NOT NULL", settled.name
    ) == [(1,)]


def test_two_presses_that_are_no_double_click_both_count(visitor: Visit) -> None:
    page = visitor().open("/forgot-password")
    expect(page.locator("[data-cut-off]")).to_have_attribute("data-cut-off", "false")
    email = page.get_by_label("Email")
    email.fill("nonsense")
    # As if the second press came at once.
    page.evaluate("() => { const now = Date.now(); Date.now = () => now; }")
    for _ in range(2):
        page.get_by_role("button", name="Send reset link").click()
        expect(email).to_be_focused()
        page.get_by_role("link", name="anonmsg, home").focus()
