"""Restart the server under open pages: everything carries on, and nothing typed is lost."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Server, StartOwn, Visit, Visitor, sign_up

# The browser logs the lost network, and it's right.
BEARS = re.compile("Failed to load resource|WebSocket|.*websocket|.*Cannot connect")


def box(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.fixture(scope="module")
def restarted(own_server: StartOwn) -> Server:
    return own_server(LIMITS_FACTOR="50")


def patient(visitor: Visit) -> Visitor:
    made = visitor()
    made.bears = BEARS
    made.context.set_default_timeout(20_000)
    return made


def test_open_pages_go_on_after_a_restart(restarted: Server, visitor: Visit) -> None:
    server = restarted
    owner, newcomer = ("r" + secrets.token_hex(6) for _ in range(2))
    server.settle(owner, "From before")
    me = patient(visitor)
    me.sign_in(owner)
    dashboard = me.open("/dashboard")
    expect(dashboard.get_by_role("article")).to_have_count(1)
    public = patient(visitor).open(f"/u/{owner}")
    box(public, "Your message").fill("Begun before, sent after")
    early = patient(visitor).open(f"/u/{owner}")
    box(early, "Your message").fill("Sent while nobody was there")
    signing_up = patient(visitor).open("/sign-up")
    box(signing_up, "Username").fill(f"{owner}_x")
    box(signing_up, "Email").fill("half@")
    verifying = patient(visitor).open("/sign-up")
    sign_up(verifying, newcomer)
    verifying.wait_for_url("**/verify")
    code = server.code(f"{newcomer}@example.com")
    # The sixth digit would send it.
    box(verifying, "Verification code").fill(code[:5])

    server.stop()
    button(early, "Send").click()
    expect(box(early, "Your message")).to_have_value("Sent while nobody was there")
    server.start()

    # The dashboard must receive the message without any interaction.
    slow = 20_000
    expect(early.get_by_text("Message sent anonymously")).to_be_visible(timeout=slow)
    articles = dashboard.get_by_role("article")
    expect(articles.filter(has_text="Sent while nobody was there")).to_have_count(1, timeout=slow)
    expect(box(public, "Your message")).to_have_value("Begun before, sent after")
    button(public, "Send").click()
    expect(public.get_by_text("Message sent anonymously")).to_be_visible(timeout=slow)
    expect(articles).to_have_count(3, timeout=slow)
    texts = ["From before", "Sent while nobody was there", "Begun before, sent after"]
    assert server.inbox(owner) == texts

    expect(box(verifying, "Verification code")).to_have_value(code[:5])
    box(verifying, "Verification code").press_sequentially(code[5])
    verifying.wait_for_url("**/sign-in")
    expect(verifying.get_by_text("Account verified successfully")).to_be_visible()
    expect(box(signing_up, "Username")).to_have_value(f"{owner}_x")
    expect(box(signing_up, "Email")).to_have_value("half@")
    button(signing_up, "Sign up").click()
    expect(signing_up.get_by_text("Enter a valid email address.")).to_be_visible(timeout=slow)
    expect(box(signing_up, "Email")).to_have_value("half@")
