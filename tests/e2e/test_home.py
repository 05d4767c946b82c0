"""The home page: one call to action, and a demo box that sends nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.conftest import ROOT, Owner, Server, Visit

RIGHT_TO_LEFT = "مرحبا، هذه رسالة من اليمين إلى اليسار."
WINDOWS = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


def watched(page: Page, url: str) -> list[str]:
    """Open a page, wait until it's idle, and record everything it sends from then on.

    A socket's frames are reported some time after they have left, so it isn't idle
    until some were reported and then none for a second.
    """
    left: list[str] = []

    def hear(socket: WebSocket) -> None:
        # Engine.IO's heartbeat is a single character.
        socket.on("framesent", lambda sent: len(sent) > 1 and left.append(str(sent)))

    page.on("websocket", hear)
    page.goto(url)
    expect(page.locator("[data-cut-off]")).to_have_attribute("data-cut-off", "false")
    page.wait_for_load_state("networkidle")
    for _ in range(20):
        reported = len(left)
        page.wait_for_timeout(1000)
        if 0 < reported == len(left):
            break
    page.on("request", lambda request: left.append(request.url))
    # Loading sent something, so recording works; from here on, nothing may be sent.
    assert left != []
    left.clear()
    return left


@pytest.mark.parametrize("window", WINDOWS)
def test_what_is_tried_shows_as_the_recipient_would_see_it_and_never_leaves(
    visitor: Visit, window: str
) -> None:
    somebody = visitor(**WINDOWS[window])
    page = somebody.context.new_page()
    left = watched(page, somebody.server.url)
    box = page.get_by_label("Try it. Nothing leaves this page.")
    card = page.get_by_role("group", name="What they'd see")
    expect(card).to_be_hidden()
    expect(page.get_by_role("heading", name="Example")).to_be_visible()

    if window == "phone":
        box.tap()
    else:
        box.focus()
    page.keyboard.type("You <b>hum</b> while\nyou work.")

    expect(card).to_contain_text("From")
    expect(card).to_contain_text("You <b>hum</b> while\nyou work.")
    expect(card).to_contain_text("just now")
    expect(page.get_by_role("heading", name="What they'd see")).to_be_visible()
    page.keyboard.press("Control+Enter")
    box.fill("")
    expect(card).to_be_hidden()
    box.fill(RIGHT_TO_LEFT)
    words = card.get_by_text(RIGHT_TO_LEFT)
    assert words.evaluate("(element) => getComputedStyle(element).direction") == "rtl"
    box.fill("w" * 1000)
    expect(card).to_contain_text("w" * 1000)
    assert left == []


def test_the_first_screen_holds_the_pitch_and_the_demo_whatever_is_typed(visitor: Visit) -> None:
    page = visitor().open("/")
    expect(page.get_by_role("main").get_by_role("link", name="Create your page")).to_have_count(1)
    box = page.get_by_label("Try it. Nothing leaves this page.")
    for words in ("", "Short", "A longer one. " * 60):
        box.fill(words)
        assert page.evaluate("scrollY") == 0
        for label in ("Create your page", "How we keep it anonymous", "How it works"):
            expect(page.get_by_role("link", name=label)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("heading", name="How it works")).not_to_be_in_viewport()


def test_the_hint_leads_to_the_second_screen(visitor: Visit) -> None:
    page = visitor().open("/")
    page.get_by_role("link", name="How it works").click()
    expect(page.get_by_role("heading", name="How it works")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", name="Read what they say")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Get your link").click()
    expect(page).to_have_url(re.compile("/sign-up$"))


def test_the_sample_page_is_a_picture_that_says_so(visitor: Visit, server: Server) -> None:
    page = visitor().open("/")
    sample = page.get_by_role("figure", name="What people see")
    expect(sample.get_by_text("Lena is made up.")).to_be_visible()
    expect(sample.get_by_text("@lena")).to_be_visible()
    pressable = "a, button, input, textarea, select, [tabindex], [role]"
    assert sample.locator(pressable).count() == 0
    # A screen reader gets the caption alone.
    assert sample.aria_snapshot().count("\n") <= 1
    assert page.context.request.get(f"{server.url}/u/lena").status == 404


def test_the_command_is_that_of_the_readme_and_can_be_copied(visitor: Visit) -> None:
    somebody = visitor(permissions=["clipboard-read", "clipboard-write"])
    page = somebody.open("/")
    page.get_by_role("button", name="Copy command").click()
    expect(page.get_by_text("Command copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"\n    {copied}\n" in (ROOT / "README.md").read_text()
    plain = visitor(java_script_enabled=False).open("/")
    expect(plain.locator("#host-command")).to_have_text(copied)
    expect(plain.get_by_role("button", name="Copy command")).to_be_hidden()


def test_who_is_signed_in_is_not_asked_to_sign_up(settled: Owner) -> None:
    page = settled.visitor.open("/")
    expect(page.get_by_role("link", name="Open your inbox")).to_be_visible()
    expect(page.get_by_role("link", name="Get your link")).to_have_count(0)


def test_without_scripts_there_is_the_example_and_no_dead_box(visitor: Visit) -> None:
    page = visitor(java_script_enabled=False).open("/")
    expect(page.get_by_role("heading", name="Example")).to_be_visible()
    expect(page.get_by_label("Try it. Nothing leaves this page.")).to_be_hidden()
