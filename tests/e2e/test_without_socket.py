"""Networks without WebSockets: every stranger's form still does its job, once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit, Visitor, sign_in, sign_up

SENT = "Message sent anonymously"
SLOW = 20_000
# What browsers log when a socket fails.
BEARS = re.compile(".*WebSocket|.*websocket|.*Cannot connect|Failed to load resource")

# A constructor that throws, as some filters make it.
THROWS = """window.WebSocket = class extends EventTarget {
  constructor() { super(); throw new DOMException("blocked", "SecurityError"); }
};"""
# A handshake that a proxy refuses.
REFUSES = """window.WebSocket = class extends EventTarget {
  constructor(url) {
    super();
    this.url = url;
    setTimeout(() => {
      const error = new Event("error"), close = new CloseEvent("close", { code: 1006 });
      this.onerror?.(error), this.dispatchEvent(error);
      this.onclose?.(close), this.dispatchEvent(close);
    }, 20);
  }
  close() {}
  send() {}
};"""
# A handshake that a firewall swallows.
HANGS = """window.WebSocket = class extends EventTarget {
  constructor(url) { super(); this.url = url; this.readyState = 0; }
  close() {}
  send() {}
};"""


def opens_and_closes(route: WebSocketRoute) -> None:
    """Open the socket, and close it as soon as the server says something."""
    server = route.connect_to_server()

    def pass_once(message: str | bytes) -> None:
        route.send(message)
        route.close(code=1011)

    server.on_message(pass_once)


KINDS = {"throws": THROWS, "refuses": REFUSES, "hangs": HANGS, "breaks": ""}


@pytest.fixture(params=KINDS)
def cut_off(visitor: Visit, request: pytest.FixtureRequest) -> Visitor:
    """Someone behind a network where no socket works."""
    return behind(visitor, request.param)


def behind(visitor: Visit, kind: str) -> Visitor:
    made = visitor()
    made.bears = BEARS
    if kind == "breaks":
        made.context.route_web_socket(re.compile("/_event"), opens_and_closes)
    else:
        made.context.add_init_script(KINDS[kind])
    return made


def box(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def test_a_message_is_sent_once(cut_off: Visitor, server: Server, settled: Owner) -> None:
    page = cut_off.open(f"/u/{settled.name}")
    for _ in range(2):
        box(page, "Your message").fill("It gets through")
        press(page, "Send")
    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    assert server.inbox(settled.name) == ["It gets through"]

    page.get_by_role("link", name="Send another").click()
    page.wait_for_timeout(4000)
    box(page, "Your message").fill("So does this")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    assert server.inbox(settled.name) == ["It gets through", "So does this"]


def test_a_refused_message_comes_back_in_the_box(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name, accepts=True)
    page = behind(visitor, "hangs").open(f"/u/{name}")
    server.sql("UPDATE people SET accepts_messages = NOT accepts_messages WHERE username = ?", name)
    box(page, "Your message").fill("Too late")
    press(page, "Send")
    refused = page.get_by_role("alert").filter(has_text="is not accepting messages")
    expect(refused).to_be_visible(timeout=SLOW)
    expect(box(page, "Your message")).to_have_value("Too late")
    assert server.inbox(name) == []


def test_someone_offline_still_waits(visitor: Visit, server: Server, settled: Owner) -> None:
    made = behind(visitor, "hangs")
    page = made.open(f"/u/{settled.name}")
    expect(page.get_by_text("No live connection on this network.")).to_be_visible(timeout=SLOW)
    made.context.set_offline(True)
    box(page, "Your message").fill("From a tunnel")
    press(page, "Send")
    expect(page.get_by_text("You're offline. We'll send this")).to_be_visible()
    page.wait_for_timeout(5000)
    expect(box(page, "Your message")).to_have_value("From a tunnel")
    assert server.inbox(settled.name) == []
    made.context.set_offline(False)
    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    assert server.inbox(settled.name) == ["From a tunnel"]


def test_signing_up_verifying_and_signing_in(cut_off: Visitor, server: Server, name: str) -> None:
    page = cut_off.open("/sign-up")
    sign_up(page, name, password="short")
    expect(page.get_by_text("Use at least 8 characters.")).to_be_visible(timeout=SLOW)
    expect(box(page, "Username")).to_have_value(name)
    expect(box(page, "Password")).to_have_value("")
    box(page, "Password").fill(PASSWORD)
    press(page, "Sign up")
    told = page.get_by_text("User registered successfully. Please verify your email")
    expect(told).to_be_visible(timeout=SLOW)
    code = server.code(f"{name}@example.com")
    page.reload()
    expect(told).to_be_visible()

    box(page, "Verification code").fill(f"{(int(code) + 1) % 10**6:06}")
    press(page, "Verify")
    expect(page.get_by_text("Incorrect verification code")).to_be_visible()
    box(page, "Verification code").fill(code)
    press(page, "Verify")
    expect(page.get_by_text("Account verified successfully")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in to your new page")).to_be_visible()
    expect(box(page, "Email or username")).to_have_value(name)
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    assert len(server.mails(f"{name}@example.com")) == 1


def test_a_sign_up_begun_with_a_socket_is_verified_without(
    visitor: Visit, server: Server, name: str
) -> None:
    made = visitor()
    made.bears = BEARS
    page = made.open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    made.context.add_init_script(REFUSES)
    page.reload()
    box(page, "Verification code").fill(server.code(f"{name}@example.com"))
    press(page, "Verify")
    expect(page.get_by_text("Account verified successfully")).to_be_visible(timeout=SLOW)


def test_the_link_of_the_email_verifies_without_a_socket(
    visitor: Visit, server: Server, name: str
) -> None:
    made = behind(visitor, "refuses")
    page = made.open("/sign-up")
    sign_up(page, name)
    expect(page.get_by_text("User registered successfully.")).to_be_visible(timeout=SLOW)
    page = made.open(server.link(f"{name}@example.com"))
    press(page, "Verify")
    expect(page.get_by_text("Account verified successfully")).to_be_visible(timeout=SLOW)


def test_another_code_is_sent_without_a_socket(visitor: Visit, server: Server, name: str) -> None:
    made = visitor()
    made.bears = BEARS
    page = made.open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    server.code(f"{name}@example.com")
    server.age(f"{name}@example.com", code_by=61)
    made.context.add_init_script(REFUSES)
    page.reload()
    expect(page.get_by_text("No live connection on this network.")).to_be_visible(timeout=SLOW)
    press(page, "Resend code")
    expect(page.get_by_text("We've sent a new code.")).to_be_visible(timeout=SLOW)
    box(page, "Verification code").fill(server.code(f"{name}@example.com", after=1))
    press(page, "Verify")
    expect(page.get_by_text("Account verified successfully")).to_be_visible()


def test_a_forgotten_password_is_replaced(visitor: Visit, server: Server, settled: Owner) -> None:
    made = behind(visitor, "refuses")
    page = made.open("/forgot-password")
    box(page, "Email").fill(settled.email)
    press(page, "Send reset link")
    expect(page.get_by_text("we've sent a link")).to_be_visible(timeout=SLOW)
    page = made.open(server.link(settled.email))
    box(page, "New password").fill("moss kettle violin zebra")
    press(page, "Reset password")
    expect(page.get_by_role("heading", name="Your password is changed.")).to_be_visible(
        timeout=SLOW
    )
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, settled.name, "moss kettle violin zebra")
    page.wait_for_url("**/dashboard")


def test_pages_that_need_a_socket_say_what_is_wrong(cut_off: Visitor, settled: Owner) -> None:
    cut_off.sign_in(settled.name)
    for path in ("/dashboard", "/settings"):
        page = cut_off.open(path)
        alarm = page.locator("[data-needs-socket]")
        expect(alarm).to_contain_text("may be blocking WebSockets", timeout=SLOW)
        expect(alarm).to_contain_text("Try another network")
        expect(page.locator(".skeleton:visible")).to_have_count(0)


def test_with_a_socket_nobody_is_told_anything(settled: Owner) -> None:
    page = settled.dashboard
    page.wait_for_timeout(5000)
    expect(page.locator("[data-needs-socket]")).to_be_empty()
    expect(page.locator("#offline")).to_be_empty()
