"""Tunnels, a server that goes away, responses that never come: still exactly one message."""

from __future__ import annotations

import os
import re
import secrets
import signal

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Server, StartOwn, Visit, Visitor

# What browsers log when the network is cut.
BEARS = re.compile("Failed to load resource|The resource|WebSocket|.*websocket|.*Cannot connect")
SENT = "Message sent anonymously"
HELD_OFFLINE = "You're offline. We'll send this when you're back."
HELD_LOST = "Connection lost. We'll send this when it's back."
LOST = "Connection lost. Reconnecting…"
SLOW = 30_000


@pytest.fixture(scope="module")
def flaky(own_server: StartOwn) -> Server:
    return own_server(LIMITS_FACTOR="50")


@pytest.fixture
def inbox(flaky: Server) -> str:
    name = "n" + secrets.token_hex(6)
    flaky.settle(name)
    return name


@pytest.fixture
def sender(flaky: Server, visitor: Visit) -> Visitor:
    made = visitor()
    made.bears = BEARS
    return made


def box(page: Page) -> Locator:
    return page.get_by_label("Your message", exact=True)


def send(page: Page) -> Locator:
    return page.get_by_role("button", name="Send", exact=True)


def hydrated(page: Page) -> Page:
    """A page whose socket has responded."""
    page.get_by_role("button", name="Suggest messages").click()
    expect(page.locator("[data-suggestion]")).to_have_count(3)
    return page


def test_what_is_sent_in_a_tunnel_goes_out_once_at_its_end(
    flaky: Server, sender: Visitor, inbox: str
) -> None:
    page = hydrated(sender.open(f"/u/{inbox}"))
    box(page).fill("Written in a tunnel")
    sender.context.set_offline(True)
    for _ in range(5):
        send(page).click()
    expect(page.get_by_text(HELD_OFFLINE)).to_be_visible()
    expect(box(page)).to_have_value("Written in a tunnel")
    box(page).fill("Written in a tunnel, and mended there")
    send(page).click()
    assert flaky.inbox(inbox) == []

    sender.context.set_offline(False)

    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(HELD_OFFLINE)).to_be_hidden()
    assert flaky.inbox(inbox) == ["Written in a tunnel, and mended there"]


def test_an_emptied_box_takes_back_what_waits(flaky: Server, sender: Visitor, inbox: str) -> None:
    page = hydrated(sender.open(f"/u/{inbox}"))
    box(page).fill("Better not")
    sender.context.set_offline(True)
    send(page).click()
    expect(page.get_by_text(HELD_OFFLINE)).to_be_visible()
    box(page).fill("")
    expect(page.get_by_text(HELD_OFFLINE)).to_be_hidden()
    sender.context.set_offline(False)
    expect(page.locator("#offline")).to_be_empty()
    box(page).fill("Rather this")
    send(page).click()
    expect(page.get_by_text(SENT)).to_be_visible()
    assert flaky.inbox(inbox) == ["Rather this"]


def test_a_retry_storm_on_a_flapping_network_makes_one_message(
    flaky: Server, sender: Visitor, inbox: str
) -> None:
    # With the IP address instead of localhost, Chromium closes the socket when it
    # goes offline, as a phone does.
    page = hydrated(sender.open(f"http://127.0.0.1:{flaky.port}/u/{inbox}"))
    box(page).fill("Once, however often it is pressed")
    for nth in range(40):
        sender.context.set_offline(nth % 2 == 0)
        if send(page).is_visible():
            page.evaluate("document.querySelector('#compose button[type=submit]')?.click()")
    sender.context.set_offline(False)

    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    # On a slow machine, the socket takes so long that the form goes by its native POST.
    again = page.get_by_role("button", name="Send another")
    again.or_(page.get_by_role("link", name="Send another")).click()
    box(page).fill("A second one")
    send(page).click()
    expect(page.get_by_text(SENT)).to_be_visible()
    assert flaky.inbox(inbox) == ["Once, however often it is pressed", "A second one"]


def test_a_lost_server_is_told_quietly_and_what_is_sent_meanwhile_arrives(
    flaky: Server, sender: Visitor, inbox: str
) -> None:
    reader = sender.open("/")
    page = hydrated(sender.open(f"/u/{inbox}"))
    expect(page.locator("#offline")).to_be_empty()
    flaky.stop(signal.SIGKILL)
    for each in (page, reader):
        expect(each.get_by_text(LOST)).to_be_visible(timeout=SLOW)
    box(page).fill("Patience")
    send(page).click()
    expect(page.get_by_text(HELD_LOST)).to_be_visible()
    expect(page.get_by_text(LOST)).to_be_hidden()
    flaky.start()

    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    for each in (page, reader):
        expect(each.locator("#offline")).to_be_empty(timeout=SLOW)
    assert flaky.inbox(inbox) == ["Patience"]


def test_a_message_that_a_dying_server_swallowed_is_sent_again(
    flaky: Server, sender: Visitor, inbox: str
) -> None:
    page = hydrated(sender.open(f"/u/{inbox}"))
    box(page).fill("Swallowed once")
    assert flaky.process is not None
    os.killpg(flaky.process.pid, signal.SIGSTOP)
    send(page).click()
    flaky.stop(signal.SIGKILL)
    assert flaky.inbox(inbox) == []
    flaky.start()

    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    assert flaky.inbox(inbox) == ["Swallowed once"]


def test_a_server_that_only_thinks_for_long_gets_one_message(
    flaky: Server, sender: Visitor, inbox: str
) -> None:
    page = hydrated(sender.open(f"/u/{inbox}"))
    box(page).fill("Asked twice, kept once")
    assert flaky.process is not None
    os.killpg(flaky.process.pid, signal.SIGSTOP)
    send(page).click()
    # Long enough for the page to retry.
    page.wait_for_timeout(10_000)
    os.killpg(flaky.process.pid, signal.SIGCONT)
    expect(page.get_by_text(SENT)).to_be_visible(timeout=SLOW)
    assert flaky.inbox(inbox) == ["Asked twice, kept once"]


def test_a_name_typed_before_the_scripts_have_come_is_checked_once_they_are_there(
    flaky: Server, sender: Visitor
) -> None:
    page, waiting, slow = sender.context.new_page(), list[Route](), [True]
    page.route(
        re.compile(r"/assets/.*\.js"),
        lambda route: waiting.append(route) if slow[0] else route.continue_(),
    )
    page.goto(f"{flaky.url}/sign-up", wait_until="commit")
    page.get_by_label("Username").fill("e" + secrets.token_hex(6))
    slow[0] = False
    for route in waiting:
        route.continue_()
    expect(page.get_by_text("Username is available")).to_be_visible(timeout=SLOW)


def test_a_sign_up_begun_in_a_tunnel_is_one_sign_up(flaky: Server, sender: Visitor) -> None:
    name = "t" + secrets.token_hex(6)
    page = sender.open("/sign-up")
    page.get_by_label("Username").fill(name)
    expect(page.get_by_text("Username is available")).to_be_visible()
    page.get_by_label("Email").fill(f"{name}@example.com")
    page.get_by_label("Password", exact=True).fill("correct horse battery staple")
    sender.context.set_offline(True)
    for _ in range(3):
        page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text(HELD_OFFLINE)).to_be_visible()
    sender.context.set_offline(False)
    page.wait_for_url("**/verify", timeout=SLOW)
    flaky.mail(f"{name}@example.com")
    assert len(flaky.mails(f"{name}@example.com")) == 1
