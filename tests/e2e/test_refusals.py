"""Every error appears under its field, and everything typed is still there."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.e2e.conftest import PASSWORD, Server, Visit, sign_in, sign_up

EASY = "That password is easy to guess. Try a few unrelated words."
LOST = re.compile("No sign-up was started in this browser.")
FRESH = re.compile("We've sent a new code")


def box(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def refused(field: Locator, sentence: str) -> None:
    """Check that the sentence is visible, describes the field and marks it invalid."""
    expect(field.page.get_by_text(sentence, exact=True).filter(visible=True)).to_be_visible()
    expect(field).to_have_accessible_description(re.compile(re.escape(sentence)))
    expect(field).to_have_attribute("aria-invalid", "true")


@pytest.fixture
def signing_up(visitor: Visit) -> Page:
    return visitor().open("/sign-up")


@pytest.fixture
def verifying(signing_up: Page, name: str) -> Page:
    sign_up(signing_up, name)
    signing_up.wait_for_url("**/verify")
    return signing_up


def try_code(page: Page, code: str) -> None:
    box(page, "Verification code").fill(code)
    page.get_by_role("button", name="Verify", exact=True).click()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_all_sign_up_fields_are_refused_at_once_and_keep_what_was_typed(signing_up: Page) -> None:
    sign_up(signing_up, "no spaces!", email="nowhere", password="short")

    refused(box(signing_up, "Username"), "Use 2–20 letters, numbers or underscores.")
    refused(box(signing_up, "Email"), "Enter a valid email address.")
    refused(box(signing_up, "Password"), "Use at least 8 characters.")
    expect(box(signing_up, "Username")).to_have_value("no spaces!")
    expect(box(signing_up, "Email")).to_have_value("nowhere")
    expect(box(signing_up, "Password")).to_have_value("short")


@pytest.mark.parametrize(
    ("username", "password", "label", "sentence"),
    [
        ("12345", PASSWORD, "Username", "Use at least one letter or underscore."),
        ("dashboard", PASSWORD, "Username", "Username is already taken"),
        ("{name}", "password1", "Password", EASY),
    ],
)
def test_a_sign_up_field_is_refused_by_its_own_rule(
    signing_up: Page, name: str, username: str, password: str, label: str, sentence: str
) -> None:
    sign_up(signing_up, username.format(name=name), email=f"{name}@example.com", password=password)

    refused(box(signing_up, label), sentence)
    expect(box(signing_up, "Username")).to_have_value(username.format(name=name))
    expect(box(signing_up, "Password")).to_have_value(password)


def test_a_taken_name_and_a_taken_address_are_both_told(
    server: Server, signing_up: Page, name: str
) -> None:
    server.settle(name)

    sign_up(signing_up, name.upper(), email=f"{name.upper()}@Example.COM")

    refused(box(signing_up, "Username"), "Username is already taken")
    refused(box(signing_up, "Email"), "User already exists with this email")
    expect(box(signing_up, "Email")).to_have_value(f"{name.upper()}@Example.COM")
    expect(box(signing_up, "Password")).to_have_value(PASSWORD)
    box(signing_up, "Username").fill(f"{name[:17]}_b")
    expect(signing_up.get_by_text("Username is available")).to_be_visible()
    expect(signing_up.get_by_text("Username is already taken")).to_be_hidden()
    box(signing_up, "Email").fill(f"{name}_b@example.com")
    signing_up.get_by_role("button", name="Sign up").click()
    signing_up.wait_for_url("**/verify")


def test_a_name_is_held_while_its_code_lives(
    visitor: Visit, verifying: Page, server: Server, name: str
) -> None:
    server.code(f"{name}@example.com")

    other = visitor().open("/sign-up")
    sign_up(other, name, email=f"{name}_other@example.com")

    refused(box(other, "Username"), "Username is already taken")


def test_the_username_is_checked_while_it_is_typed(
    server: Server, visitor: Visit, name: str
) -> None:
    server.settle(name)
    page = visitor().context.new_page()
    kept: list[tuple[WebSocketRoute, str]] = []
    holding = [True]

    def relay(socket: WebSocketRoute) -> None:
        def answer(data: str | bytes) -> None:
            # A delta's vars come in any order, and "checking" may be among them.
            if holding[0] and re.search(r'"username_fine\w*":true', str(data)):
                kept.append((socket, data))
            else:
                socket.send(data)

        socket.connect_to_server().on_message(answer)

    page.route_web_socket(re.compile("/_event"), relay)
    page.goto(f"{server.url}/sign-up")
    field = box(page, "Username")
    said = page.locator("[aria-live=polite]")

    field.press_sequentially(f"free_{name[:10]}")
    expect(said.filter(has_text=re.compile("^Checking$"))).to_be_visible()
    expect(page.get_by_text("Username is available")).to_be_hidden()
    holding[0] = False
    expect(page.get_by_text("Checking")).to_be_visible()
    for socket, data in kept:
        socket.send(data)
    expect(said.filter(has_text=re.compile("^Username is available$"))).to_be_visible()
    expect(page.get_by_text("Checking")).to_be_hidden()

    field.fill(name.upper())
    expect(said.filter(has_text=re.compile("^Username is already taken$"))).to_be_visible()
    field.fill("1234")
    expect(said.filter(has_text="Use at least one letter or underscore.")).to_be_visible()
    field.fill("")
    expect(page.get_by_text("Use at least one letter or underscore.")).to_be_hidden()
    expect(page.get_by_text("Username is available")).to_be_hidden()


def test_a_wrong_code_is_told_and_kept_and_the_fifth_ends_it(
    verifying: Page, server: Server, name: str
) -> None:
    code = server.code(f"{name}@example.com")
    for bad in ("12", "abcdef", "١٢٣٤٥"):
        try_code(verifying, bad)
        refused(box(verifying, "Verification code"), "Incorrect verification code")
        expect(box(verifying, "Verification code")).to_have_value(bad)
        verifying.reload()

    for _ in range(5):
        try_code(verifying, wrong(code))
        refused(box(verifying, "Verification code"), "Incorrect verification code")
        verifying.reload()
    try_code(verifying, code)

    refused(box(verifying, "Verification code"), "Too many wrong codes. Get a new one.")
    expect(box(verifying, "Verification code")).to_have_value(code)


def test_a_late_code_is_told_and_a_fresh_one_verifies(
    verifying: Page, server: Server, name: str
) -> None:
    email = f"{name}@example.com"
    old = server.code(email)
    server.age(email, code_by=16 * 60)
    verifying.reload()

    try_code(verifying, old)
    refused(box(verifying, "Verification code"), "Verification code has expired")
    verifying.get_by_role("button", name="Resend code").click()
    expect(verifying.get_by_text(FRESH)).to_be_visible()
    fresh = server.code(email, after=1)
    if old != fresh:
        try_code(verifying, old)
        refused(box(verifying, "Verification code"), "Incorrect verification code")
    try_code(verifying, f" {fresh[:3]} {fresh[3:]} ")

    verifying.wait_for_url("**/sign-in")
    expect(verifying.get_by_text("Account verified successfully")).to_be_visible()


def test_resend_counts_down_before_it_may_be_pressed(
    verifying: Page, server: Server, name: str
) -> None:
    email = f"{name}@example.com"
    button = verifying.get_by_role("button", name="Resend code")
    server.code(email)

    expect(button).to_have_text(re.compile(r"Resend code\s*\(\d+ s\)"))
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    box(verifying, "Verification code").fill("12 34")
    verifying.reload()
    expect(button).to_have_text(re.compile(r"Resend code\s*\(\d+ s\)"))

    server.age(email, code_by=61)
    verifying.reload()
    expect(button).not_to_have_attribute("aria-disabled", "true")
    box(verifying, "Verification code").fill("12 34")
    button.click()
    expect(verifying.get_by_text(FRESH)).to_be_visible()
    expect(button).to_have_text(re.compile(r"Resend code\s*\((5\d|60) s\)"))
    expect(box(verifying, "Verification code")).to_have_value("12 34")
    server.mail(email, after=1)
    assert len(server.mails(email)) == 2


def test_the_fifth_fresh_code_of_a_day_is_the_last(
    verifying: Page, server: Server, name: str
) -> None:
    email = f"{name}@example.com"
    for already in range(1, 6):
        server.code(email, after=already - 1)
        server.age(email, code_by=61)
        verifying.reload()
        verifying.get_by_role("button", name="Resend code").click()
        expect(verifying.get_by_text(FRESH)).to_be_visible()
    server.code(email, after=5)
    server.age(email, code_by=61)
    verifying.reload()

    verifying.get_by_role("button", name="Resend code").click()

    expect(verifying.get_by_text(re.compile("Too many attempts. Try again in"))).to_be_visible()
    assert len(server.mails(email)) == 6


def test_a_browser_without_a_sign_up_is_shown_the_ways_on(visitor: Visit) -> None:
    page = visitor().open("/verify")

    expect(page.get_by_text(LOST)).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_role("link", name="Sign up again")).to_be_visible()


def test_sign_in_says_what_is_wrong_under_its_field(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    page = visitor().open("/sign-in")
    who, password = box(page, "Email or username"), box(page, "Password")

    sign_in(page, f"no{name[:12]}")
    refused(who, "User not found")
    expect(password).to_have_value(PASSWORD)

    sign_in(page, f"nobody_{name}@example.com")
    refused(password, "Incorrect password")
    expect(page.get_by_text("User not found")).to_be_hidden()

    sign_in(page, name, "not the password")
    refused(password, "Incorrect password")
    expect(who).to_have_value(name)
    expect(password).to_have_value("not the password")
    assert page.url == f"{server.url}/sign-in"


def test_the_fifth_failure_makes_the_account_wait(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    page = visitor().open("/sign-in")
    for nth in range(5):
        with page.expect_response("**/sign-in") as answer:
            sign_in(page, name, f"wrong {nth}")
        assert answer.value.status == 401

    with page.expect_response("**/sign-in") as answer:
        sign_in(page, name)

    assert answer.value.status == 429
    told = re.compile(r"Too many attempts\. Try again in (30|2\d) seconds\.")
    expect(page.get_by_text(told)).to_be_visible()
    expect(box(page, "Email or username")).to_have_value(name)
    expect(box(page, "Password")).to_have_value(PASSWORD)


def test_signing_in_unverified_leads_to_the_code_in_this_browser(
    visitor: Visit, verifying: Page, server: Server, name: str
) -> None:
    email = f"{name}@example.com"
    server.code(email)
    server.age(email, code_by=61)
    elsewhere = visitor().open("/sign-in")

    sign_in(elsewhere, name)
    refused(box(elsewhere, "Email or username"), "Please verify your account before login")
    expect(box(elsewhere, "Password")).to_have_value(PASSWORD)
    elsewhere.get_by_role("link", name="Enter the code").click()
    elsewhere.wait_for_url("**/verify")
    try_code(elsewhere, server.code(email, after=1))

    elsewhere.wait_for_url("**/sign-in")
    expect(elsewhere.get_by_text("Account verified successfully")).to_be_visible()
    verifying.reload()
    expect(verifying.get_by_text(LOST)).to_be_visible()


def test_too_many_messages_are_told_with_the_draft_kept(own_server, visitor: Visit) -> None:
    username = "o" + secrets.token_hex(6)
    server = own_server(LIMITS='{"send_network_inbox": "1 per hour"}')
    server.settle(username)
    page = visitor().open(f"/u/{username}")
    message = page.get_by_label("Your message")
    message.fill("The first")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("button", name="Send another").click()
    message.fill("The second, long thought about")
    page.get_by_role("button", name="Send", exact=True).click()

    told = re.compile(r"Too many attempts\. Try again in (1 hour|\d+ minutes)\.")
    expect(page.get_by_text(told)).to_be_visible()
    expect(message).to_have_accessible_description(told)
    expect(message).to_have_value("The second, long thought about")
    assert server.inbox(username) == ["The first"]
