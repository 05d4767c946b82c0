"""Whatever the browser does to a page, people get done what they came for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers_that_differ import KINDS, SORTS, before_react, someone
from tests.e2e.conftest import PASSWORD, Server, Visit

WAIT = 20_000
SENT = "Message sent anonymously"
LONGEST_DISPLAY_NAME = 50


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_typed_early_is_sent_once(
    visitor: Visit, server: Server, name: str, kind: str
) -> None:
    server.settle(name)
    with before_react(someone(visitor, kind), f"/u/{name}") as page:
        page.get_by_label("Your message").fill("Whatever happens")
        expect(page.locator("#compose-key")).to_have_count(1)
        key = page.locator("#compose-key").input_value()
    expect(page.locator("#compose-key")).to_have_value(key)
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Suggest messages").click()
    expect(page.locator("[data-suggestion]").first).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Send another").click()
    page.get_by_label("Your message").fill("And again")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)
    assert server.inbox(name) == ["Whatever happens", "And again"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_sent_early_is_sent_once(
    visitor: Visit, server: Server, name: str, kind: str
) -> None:
    server.settle(name)
    with before_react(someone(visitor, kind), f"/u/{name}") as page:
        page.get_by_label("Your message").fill("Before anything was ready")
        page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(SENT)).to_be_visible(timeout=WAIT)
    assert server.inbox(name) == ["Before anything was ready"]


@pytest.mark.parametrize("kind", SORTS)
def test_someone_becomes_an_owner(visitor: Visit, server: Server, name: str, kind: str) -> None:
    taken, email = f"{name}2", f"{name}@example.com"
    server.settle(taken)
    person = someone(visitor, kind)
    with before_react(person, "/sign-up") as page:
        pass
    username = page.get_by_label("Username")
    for text, note in (
        (taken, "Username is already taken"),
        (name, "Username is available"),
        (taken, "Username is already taken"),
        (name, "Username is available"),
    ):
        username.fill(text)
        expect(page.locator(".verdict")).to_have_text(note, timeout=WAIT)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("#password-refusal")).not_to_be_empty(timeout=WAIT)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/verify", timeout=WAIT)
    page.get_by_label("Verification code").fill("000000")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Incorrect verification code")).to_be_visible(timeout=WAIT)
    page.get_by_label("Verification code").fill(server.code(email))
    page.get_by_role("button", name="Verify").click()
    page.wait_for_url("**/sign-in", timeout=WAIT)
    expect(page.get_by_text("Account verified successfully")).to_be_visible(timeout=WAIT)
    page.get_by_label("Email or username").fill(name)
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect password")).to_be_visible(timeout=WAIT)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard", timeout=WAIT)
    switch, told = page.get_by_role("switch", name="Accept messages"), page.locator("#accept-state")
    expect(told).to_have_text("Accepting messages", timeout=WAIT)
    for is_on in (False, True):
        switch.click()
        note = "Accepting messages" if is_on else "Not accepting messages"
        expect(told).to_have_text(note, timeout=WAIT)
        expect(switch).to_be_checked(checked=is_on)


@pytest.mark.parametrize("kind", SORTS)
def test_an_owner_saves_their_page(visitor: Visit, server: Server, name: str, kind: str) -> None:
    server.settle(name)
    person = someone(visitor, kind)
    person.sign_in(name)
    with before_react(person, "/settings") as page:
        pass
    profile = page.locator("#profile-settings")
    done, refusal = profile.locator(".done"), profile.locator("#display_name-refusal")
    for text in ("n" * 51, "Lena", "n" * 51, "Lena M."):
        profile.get_by_label("Display name").fill(text)
        profile.get_by_role("button", name="Save", exact=True).click()
        is_long = len(text) > LONGEST_DISPLAY_NAME
        expect(refusal if is_long else done).not_to_be_empty(timeout=WAIT)
        expect(done if is_long else refusal).to_be_empty(timeout=WAIT)
    mine = "SELECT display_name FROM people WHERE username = ?"
    assert server.sql(mine, name) == [("Lena M.",)]


@pytest.mark.parametrize("kind", SORTS)
def test_a_forgotten_password_is_asked_for_badly_and_then_well(visitor: Visit, kind: str) -> None:
    with before_react(someone(visitor, kind), "/forgot-password") as page:
        pass
    email, button = page.get_by_label("Email"), page.get_by_role("button", name="Send reset link")
    for text, said in (("nonsense", False), ("a@example.com", True)) * 2:
        if not email.is_visible():
            break
        email.fill(text)
        button.click()
        refusal = page.locator("#email-refusal")
        if said:
            expect(page.get_by_text(re.compile("we've sent a link"))).to_be_visible(timeout=WAIT)
        else:
            expect(refusal).not_to_be_empty(timeout=WAIT)
