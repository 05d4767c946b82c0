"""Signing up with someone else's email never gives access to the account its owner verifies."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Server, Visit, account_menu, sign_in, sign_up

ATTACKERS = "a stolen umbrella in the rain"


def press_verify(page: Page, password: str) -> None:
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Verify").click()


def test_a_link_in_another_browser_asks_for_the_password(
    visitor: Visit, server: Server, name: str
) -> None:
    begun = visitor().open("/sign-up")
    sign_up(begun, name)
    begun.wait_for_url("**/verify")
    page = visitor().open(server.link(f"{name}@example.com"))

    page.get_by_role("button", name="Verify").click()
    asked = page.get_by_text("Enter the password you signed up with.")
    expect(asked).to_be_visible()
    press_verify(page, "not this one")
    expect(page.get_by_text("Incorrect password")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_value("not this one")
    press_verify(page, PASSWORD)

    page.wait_for_url("**/sign-in")
    sign_in(page, name)
    page.wait_for_url("**/dashboard")


@pytest.mark.parametrize("attacker_first", [True, False], ids=["attacker first", "owner first"])
@pytest.mark.parametrize("same_browser", [True, False], ids=["own browser", "phone"])
def test_the_attackers_password_never_opens_what_the_owner_verified(
    visitor: Visit,
    server: Server,
    name: str,
    attacker_first: bool,  # noqa: FBT001
    same_browser: bool,  # noqa: FBT001
) -> None:
    email = f"{name}@example.com"
    owner, attacker = visitor(), visitor()
    at_owners, at_attackers = owner.open("/sign-up"), attacker.open("/sign-up")
    begin = [
        lambda: sign_up(at_attackers, f"{name}_bad", email=email, password=ATTACKERS),
        lambda: sign_up(at_owners, name),
    ]
    mails = {}
    for page, nth in ((at_attackers, 0), (at_owners, 1))[:: 1 if attacker_first else -1]:
        begin[nth]()
        page.wait_for_url("**/verify")
        mails[nth] = server.link(email, after=len(mails))
    reader = owner if same_browser else visitor()

    # Opening the attacker's email must not create an account.
    opened = reader.open(mails[0])
    if same_browser:
        opened.get_by_role("button", name="Verify").click()
        asked = opened.get_by_text("Enter the password you signed up with.")
        expect(asked).to_be_visible()
    press_verify(opened, PASSWORD)
    expect(opened.get_by_text("Incorrect password")).to_be_visible()
    assert server.sql("SELECT 1 FROM people WHERE email = ?", email) == []
    opened = reader.open(mails[1])
    opened.get_by_role("button", name="Verify").click()
    if not same_browser:
        press_verify(opened, PASSWORD)
    opened.wait_for_url("**/sign-in")

    at_attackers.reload()
    expect(at_attackers.get_by_text("No sign-up was started in this browser.")).to_be_visible()
    for identifier, sentence in ((email, "Incorrect password"), (f"{name}_bad", "User not found")):
        into = attacker.open("/sign-in")
        sign_in(into, identifier, ATTACKERS)
        expect(into.get_by_text(sentence)).to_be_visible()
    sign_in(opened, email)
    opened.wait_for_url("**/dashboard")
    expect(account_menu(opened).get_by_text(f"Signed in as {name}", exact=True)).to_be_visible()
