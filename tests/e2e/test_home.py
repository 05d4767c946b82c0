"""The home page: one call to action, and a demo box that sends nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.conftest import Visit

RIGHT_TO_LEFT = "مرحبا، هذه رسالة من اليمين إلى اليسار."
WINDOWS = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


def watched(page: Page, url: str) -> list[str]:
    """Open a page, wait until it's idle, and record everything it sends from then on."""
    left: list[str] = []

    def hear(socket: WebSocket) -> None:
        # Engine.IO's heartbeat is a single character.
        socket.on("framesent", lambda sent: len(sent) > 1 and left.append(str(sent)))

    page.on("websocket", hear)
    page.goto(url)
    expect(page.locator("[data-cut-off]")).to_have_attribute("data-cut-off", "false")
    page.wait_for_load_state("networkidle")
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


def test_the_page_fits_on_one_screen_with_one_call_to_action(visitor: Visit) -> None:
    page = visitor().open("/")
    expect(page.get_by_role("main").get_by_role("link", name="Create your page")).to_have_count(1)
    box = page.get_by_label("Try it. Nothing leaves this page.")
    for words in ("", "Short", "A longer one. " * 60):
        box.fill(words)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        expect(page.get_by_role("link", name="How we keep it anonymous")).to_be_in_viewport(ratio=1)


def test_without_scripts_there_is_the_example_and_no_dead_box(visitor: Visit) -> None:
    page = visitor(java_script_enabled=False).open("/")
    expect(page.get_by_role("heading", name="Example")).to_be_visible()
    expect(page.get_by_label("Try it. Nothing leaves this page.")).to_be_hidden()
