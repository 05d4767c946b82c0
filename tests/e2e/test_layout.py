"""Every page fits: small phones, 200% zoom, endless words, right-to-left text and fingers."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.e2e.conftest import Server, Visit, account_menu, sign_up

PAGES = ["/", "/sign-up", "/verify", "/sign-in", "/privacy", "/lost"]
PAGES += ["/forgot-password", "/reset-password", "/confirm-email", "/undo-email"]
SMALL = {"viewport": {"width": 320, "height": 640}}
# The layout of a 1280-pixel window at 200% zoom.
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ENDLESS = "w" * 500
RIGHT_TO_LEFT = "مرحبا، هذه رسالة من اليمين إلى اليسار."
LONGEST_NAME = "W"

OVERFLOWING = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 0.5)
    .map((each) => each.outerHTML.slice(0, 120));
}"""
# Links in a sentence may be as small as its text (WCAG 2.5.8).
SMALL_TARGETS = """() => {
  const inSentence = (each) => each.matches("p a, li a") && each.parentElement.innerText.trim()
    .length > each.innerText.trim().length;
  // An invisible edge around a control counts, if a finger hits it.
  const isHit = (each, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return each.contains(hit) || each.labels?.values().some((label) => label.contains(hit));
  };
  const isLarge = (each) => {
    each.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = each.getBoundingClientRect();
    const [middle, centre] = [x + width / 2, y + height / 2];
    return (width > 43.5 || [-21, 21].every((by) => isHit(each, middle + by, centre)))
      && (height > 43.5 || [-21, 21].every((by) => isHit(each, middle, centre + by)));
  };
  const dialog = document.querySelector("dialog[open]") ?? document;
  return [...dialog.querySelectorAll("a, button, input:not([type=hidden]), textarea")]
    .filter((each) => each.checkVisibility() && !each.matches(".skip") && !inSentence(each))
    .filter((each) => !isLarge(each))
    .map((each) => each.outerHTML.slice(0, 120));
}"""
PAPER = """() => {
  const dot = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  dot.fillStyle = getComputedStyle(document.body).backgroundColor;
  dot.fillRect(0, 0, 1, 1);
  return Math.max(...dot.getImageData(0, 0, 1, 1).data.slice(0, 3));
}"""


def fits(page: Page) -> None:
    """Check that nothing needs horizontal scrolling."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    assert page.evaluate(OVERFLOWING) == []


def shown(answer: APIResponse, route: Route) -> None:
    route.fulfill(response=answer)


def long_name(name: str) -> str:
    return (LONGEST_NAME + name.upper()).ljust(20, LONGEST_NAME)


@pytest.mark.parametrize("window", [SMALL, ZOOMED], ids=["320 px", "200 %"])
def test_no_page_scrolls_sideways(visitor: Visit, window: dict[str, object]) -> None:
    somebody = visitor(**window)
    page = somebody.open(PAGES[0])
    for path in PAGES:
        page.goto(somebody.server.url + path)
        fits(page)


@pytest.mark.parametrize("window", [SMALL, ZOOMED], ids=["320 px", "200 %"])
def test_the_longest_words_and_names_fit(
    visitor: Visit, server: Server, name: str, window: dict[str, object]
) -> None:
    owner = long_name(name)
    server.settle(owner, ENDLESS, RIGHT_TO_LEFT, *["."] * 20)
    me = visitor(**window)
    me.sign_in(owner)
    dashboard = me.open("/dashboard")
    expect(dashboard.get_by_role("button", name="Load more")).to_be_visible()
    dashboard.get_by_role("button", name="Load more").click()
    expect(dashboard.get_by_text(ENDLESS)).to_be_visible()
    fits(dashboard)
    dashboard.get_by_role("button", name="More").first.click()
    fits(dashboard)
    dashboard.get_by_role("button", name="Delete").first.click()
    expect(dashboard.get_by_text("Moved to trash").last).to_be_visible()
    fits(dashboard)
    dashboard.get_by_role("button", name="Select", exact=True).click()
    fits(dashboard)
    dashboard.goto(dashboard.url + "?folder=trash")
    dashboard.get_by_role("button", name="Delete forever").first.click()
    fits(dashboard)
    expect(dashboard.get_by_role("button", name="Cancel")).to_be_in_viewport(ratio=1)
    home = me.open("/")
    expect(account_menu(home).get_by_text(owner)).to_be_visible()
    fits(home)

    page = me.open(f"/u/{owner}")
    page.get_by_label("Your message").fill(ENDLESS)
    page.get_by_role("button", name="Suggest messages").click()
    expect(page.locator("[data-suggestion]")).to_have_count(3)
    fits(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible()
    fits(page)


@pytest.mark.parametrize("window", [SMALL, ZOOMED], ids=["320 px", "200 %"])
def test_the_settings_fit_with_the_longest_words(
    visitor: Visit, server: Server, name: str, window: dict[str, object]
) -> None:
    server.settle(long_name(name))
    me = visitor(**window)
    me.sign_in(long_name(name))
    page = me.open("/settings")
    expect(page.get_by_text("This browser", exact=True)).to_be_visible()
    page.get_by_label("Display name").fill("W" * 50)
    page.get_by_label("Prompt").fill("w" * 80)
    page.get_by_label("About you").fill("w" * 200)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved")).to_be_visible()
    fits(page)
    page.goto(f"{server.url}/u/{long_name(name)}")
    expect(page.get_by_role("heading", name="W" * 50)).to_be_visible()
    expect(page.get_by_text("w" * 80, exact=True)).to_be_visible()
    fits(page)


def test_a_closed_page_and_the_plain_answers_fit(visitor: Visit, server: Server, name: str) -> None:
    owner = long_name(name)
    server.settle(owner, accepts=False)
    page = visitor(**SMALL).open(f"/u/{owner}")
    expect(page.get_by_text(f"{owner} is not accepting messages")).to_be_visible()
    fits(page)
    scriptless = visitor(**SMALL, java_script_enabled=False).open(f"/u/{owner}")
    expect(scriptless.get_by_text(f"{owner} is not accepting messages")).to_be_visible()

    open_name = long_name("p" + name)
    server.settle(open_name)
    for words in (ENDLESS, ENDLESS * 3):
        plain = server.url + f"/u/{open_name}"
        posted = page.context.request.post(
            plain, form={"message": words}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        page.unroute_all()
        page.route(plain, partial(shown, posted))
        page.goto(plain)
        fits(page)


def test_a_message_runs_in_its_own_direction(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name, RIGHT_TO_LEFT, "From left to right.")
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    direction = "(element) => getComputedStyle(element).direction"
    assert page.get_by_text(RIGHT_TO_LEFT).evaluate(direction) == "rtl"
    assert page.get_by_text("From left to right.").evaluate(direction) == "ltr"
    box = visitor().open(f"/u/{name}").get_by_label("Your message")
    box.fill(RIGHT_TO_LEFT)
    assert box.evaluate(direction) == "rtl"


def test_fingers_hit_every_target(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name, "hello")
    me = visitor(**PHONE)
    page = me.open("/")
    small = {}
    for path in [*PAGES, f"/u/{name}"]:
        page.goto(server.url + path)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        small[path] = page.evaluate(SMALL_TARGETS)
    page.get_by_role("button", name="Suggest messages").click()
    expect(page.locator("[data-suggestion]")).to_have_count(3)
    small["suggestions"] = page.evaluate(SMALL_TARGETS)
    page.goto(f"{server.url}/sign-up")
    sign_up(page, "p" + name)
    page.wait_for_url("**/verify")
    expect(page.get_by_text("User registered successfully")).to_be_visible()
    small["code"] = page.evaluate(SMALL_TARGETS)
    me.sign_in(name)
    page.goto(f"{server.url}/dashboard")
    expect(page.get_by_role("article")).to_be_visible()
    small["dashboard"] = page.evaluate(SMALL_TARGETS)
    page.get_by_role("button", name="More").first.click()
    small["menu"] = page.evaluate(SMALL_TARGETS)
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    small["undo"] = page.evaluate(SMALL_TARGETS)
    page.goto(f"{server.url}/dashboard?folder=trash")
    page.get_by_role("button", name="Select", exact=True).click()
    small["selecting"] = page.evaluate(SMALL_TARGETS)
    page.get_by_role("button", name="Delete forever").first.click()
    small["dialog"] = page.evaluate(SMALL_TARGETS)
    assert {where: found for where, found in small.items() if found} == {}


def test_dark_is_dark_and_light_is_light(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    for scheme, is_dark in (("dark", True), ("light", False)):
        somebody = visitor(color_scheme=scheme)
        page = somebody.open("/")
        for path in [*PAGES, f"/u/{name}"]:
            page.goto(server.url + path)
            brightest = page.evaluate(PAPER)
            assert (brightest < 64) if is_dark else (brightest > 220), (path, scheme)
        bars = page.locator(f"meta[name=theme-color][media*={scheme}]")
        expect(bars).to_have_count(1)
