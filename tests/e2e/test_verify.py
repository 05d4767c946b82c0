"""The page that takes the code, in a real browser: every way in, and what comes after."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Server, Visit, sign_in, sign_up
from tests.e2e.test_accessibility import violations

BEGUN = "User registered successfully. Please verify your email"
VERIFIED = "Account verified successfully"
pytestmark = pytest.mark.e2e


@pytest.fixture
def email(name: str) -> str:
    return f"{name}@example.com"


@pytest.fixture
def page(visitor: Visit, name: str, email: str) -> Page:
    """A tab that has just signed up."""
    opened = visitor(reduced_motion="reduce").open("/sign-up")
    sign_up(opened, name)
    opened.wait_for_url("**/verify", timeout=15000)
    expect(opened.get_by_text(f"We sent a 6-digit code to {email}.")).to_be_visible(timeout=15000)
    return opened


def moved_on(page: Page, name: str) -> None:
    """The tab is on the sign-in page, which greets a newcomer and knows the name."""
    page.wait_for_url("**/sign-in", timeout=15000)
    expect(page.get_by_text(VERIFIED)).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in to your new page")).to_be_visible()
    expect(page.get_by_label("Email or username")).to_have_value(name)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_typing_the_sixth_digit_sends_the_code(
    page: Page, server: Server, name: str, email: str
) -> None:
    expect(page.get_by_text(BEGUN)).to_be_visible()
    expect(page.get_by_label("Verification code")).to_be_focused()
    page.keyboard.type(server.code(email), delay=30)
    moved_on(page, name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard", timeout=15000)


def test_the_welcome_is_said_once(page: Page) -> None:
    expect(page.get_by_text(BEGUN)).to_be_visible()
    page.reload()
    expect(page.get_by_text("We sent a 6-digit code to")).to_be_visible(timeout=15000)
    expect(page.get_by_text(BEGUN)).to_have_count(0)


@pytest.mark.parametrize("dash", ["\u2013", "\u00a0", "\u200b \u2060"])
def test_a_pasted_code_is_sent_once_however_it_is_written(
    page: Page, server: Server, name: str, email: str, dash: str
) -> None:
    code = server.code(email)
    arabic = code.translate({ord("0") + n: 0x660 + n for n in range(10)})
    page.get_by_label("Verification code").fill(f"\u2066{arabic[:3]}{dash}{arabic[3:]}\u2069")
    moved_on(page, name)


def test_the_sixth_wrong_code_says_what_it_is(page: Page, server: Server, email: str) -> None:
    right, box = server.code(email), page.get_by_label("Verification code")
    for _ in range(5):
        box.fill("")
        box.fill(wrong(right))
        expect(page.get_by_text("Incorrect verification code")).to_be_visible(timeout=15000)
        page.wait_for_timeout(800)
        page.get_by_role("button", name="Verify").click()
        page.wait_for_timeout(800)
    expect(page.get_by_text("Too many wrong codes. Get a new one.")).to_be_visible(timeout=15000)
    expect(page.get_by_text("Verification code has expired")).to_have_count(0)


def test_another_address_gets_a_new_code_and_nothing_is_typed_again(
    page: Page, server: Server, name: str, email: str
) -> None:
    old = server.code(email)
    page.get_by_role("button", name="Change email").click()
    box = page.get_by_label("Email", exact=True)
    expect(box).to_be_focused()
    assert violations(page) == []
    box.fill(email)
    page.get_by_role("button", name="Send a new code").click()
    expect(page.locator("#email-refusal")).to_have_text(re.compile("already"))
    box.fill(f"new.{email}")
    page.wait_for_timeout(800)
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_text(f"We sent a 6-digit code to new.{email}.")).to_be_visible(timeout=15000)
    expect(page.get_by_label("Verification code")).to_be_focused()
    new = server.code(f"new.{email}")
    if new != old:
        page.get_by_label("Verification code").fill(old)
        expect(page.get_by_text("Incorrect verification code")).to_be_visible(timeout=15000)
    page.get_by_label("Verification code").fill(new)
    moved_on(page, name)
    page.wait_for_timeout(800)
    sign_in(page, f"new.{email}")
    page.wait_for_url("**/dashboard", timeout=15000)


def test_a_link_that_has_done_its_work_says_so_and_the_first_tab_moves_on(
    page: Page, visitor: Visit, server: Server, name: str, email: str
) -> None:
    phone = visitor().open(server.link(email))
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Verify").click()
    moved_on(phone, name)
    moved_on(page, name)
    again = visitor(reduced_motion="reduce").open(server.link(email))
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Verify").click()
    expect(again.get_by_text("This account is already verified")).to_be_visible(timeout=15000)
    assert violations(again) == []
    again.get_by_role("link", name="Sign in").click()
    again.wait_for_url("**/sign-in")
