"""The typeface costs a first visit nothing, and later pages are never seen without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import BROWSER, FLAGS, Server, Visit

OURS = "anonmsg Serif"
FILE = re.compile(r"/typeface/")
SHIFT = """new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) sum += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(sum), 500);
})"""
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("", "SecurityError"); },
});"""
SAVES_DATA = 'Object.defineProperty(navigator, "connection", { value: { saveData: true } });'


def fetched(page: Page) -> list[str]:
    """The typefaces that this tab takes from the network, not from a cache, from now on."""
    asked: dict[str, str] = {}
    taken: list[str] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.requestWillBeSent",
        lambda sent: asked.update({sent["requestId"]: sent["request"]["url"]}),
    )

    def finished(event: dict[str, str]) -> None:
        url = asked.get(event["requestId"], "")
        if FILE.search(url) and event["encodedDataLength"]:
            taken.append(url)

    session.on("Network.loadingFinished", finished)
    return taken


def faces(page: Page) -> list[str]:
    """The fonts that the page's heading is drawn in."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    top = session.send("DOM.getDocument")["root"]["nodeId"]
    heading = session.send("DOM.querySelector", {"nodeId": top, "selector": "h1"})
    fonts = session.send("CSS.getPlatformFontsForNode", heading)["fonts"]
    return [each["familyName"] for each in fonts]


def settled(page: Page) -> None:
    """Wait until the page is hydrated, and nothing is under way."""
    expect(page.locator("[data-cut-off]")).to_have_attribute("data-cut-off", "false")
    page.wait_for_load_state("networkidle")


def press(page: Page) -> None:
    """Press a key, and wait until the browser has the typeface."""
    with page.expect_event("requestfinished", lambda request: FILE.search(request.url)):
        page.keyboard.press("Tab")
    # The script notes it a moment later.
    page.wait_for_timeout(300)


def test_a_first_visit_loads_no_typeface(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    page = visitor().context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/u/{name}")
    settled(page)
    page.mouse.move(200, 200)
    page.wait_for_timeout(500)
    assert len(asked) > 3
    assert [url for url in asked if FILE.search(url)] == []
    assert OURS not in faces(page)


def test_the_first_press_loads_it_once_and_the_next_page_is_set_in_it(visitor: Visit) -> None:
    somebody = visitor()
    page = somebody.open("/")
    settled(page)
    taken = fetched(page)
    press(page)
    page.mouse.click(5, 5)
    # Nothing moves under a person's hand.
    assert OURS not in faces(page)
    for path in ("/sign-in", "/privacy", "/lost", "/"):
        page.goto(somebody.server.url + path)
        page.wait_for_load_state("networkidle")
        assert faces(page) == [OURS]
        assert page.evaluate(SHIFT) == 0
    page.mouse.click(5, 5)
    page.wait_for_timeout(300)
    assert len(taken) == 1


def test_a_browser_that_was_closed_shows_it_at_once(
    chromium: Browser, server: Server, tmp_path: Path
) -> None:
    def opened() -> Page:
        context = chromium.browser_type.launch_persistent_context(
            str(tmp_path), executable_path=BROWSER, args=FLAGS
        )
        return context.new_page()

    page = opened()
    page.goto(server.url)
    settled(page)
    press(page)
    page.context.close()
    for _ in range(2):
        page = opened()
        taken = fetched(page)
        page.goto(server.url)
        settled(page)
        assert faces(page) == [OURS]
        assert page.evaluate(SHIFT) == 0
        assert taken == []
        page.context.close()


def test_an_early_press_takes_nothing_from_the_pages_own_scripts(visitor: Visit) -> None:
    page = visitor().open("/privacy")
    held: list[Route] = []
    asked: list[str] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.on("request", lambda request: asked.append(request.url))
    page.route("**/assets/entry.client*", hold)
    page.goto(page.url.replace("/privacy", ""), wait_until="commit")
    expect(page.get_by_label("Try it. Nothing leaves this page.")).to_be_visible()
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    assert held != []
    assert [url for url in asked if FILE.search(url)] == []
    for route in held:
        route.continue_()
    settled(page)
    press(page)


@pytest.mark.parametrize("spared", [NO_STORAGE, SAVES_DATA], ids=["no storage", "saves data"])
def test_without_storage_or_data_to_spare_the_systems_serif_stays(
    visitor: Visit, spared: str
) -> None:
    somebody = visitor()
    somebody.context.add_init_script(spared)
    page = somebody.open("/")
    settled(page)
    taken = fetched(page)
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    page.goto(somebody.server.url)
    settled(page)
    assert OURS not in faces(page)
    assert taken == []


def test_a_poster_and_a_plain_page_are_set_in_it(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    page = visitor(java_script_enabled=False).open(f"/u/{name}/poster")
    page.wait_for_load_state("networkidle")
    assert faces(page) == [OURS]
    page.goto(f"{server.url}/u/{name}")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("Your message")).to_be_focused()
    assert faces(page) == [OURS]
