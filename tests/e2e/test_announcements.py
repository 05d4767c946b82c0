"""What the dashboard says aloud, counts and shows; and what neither jumps nor is cut off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Owner, Visit

SOON = 15_000
WIDTHS = [*range(320, 481, 20), *range(520, 1281, 40), 383, 384, 447, 448, 959, 1119, 1120]
HIDE = """state => {
  Object.defineProperty(document, "visibilityState", {
    configurable: true, get: () => state,
  });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# What a screen reader would be given: each text that appears in the region, in turn.
LISTEN = """() => {
  const region = document.querySelector("[data-arrived]");
  window.heard = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node.textContent) window.heard.push(node.textContent);
  }).observe(region, { childList: true });
}"""


def send(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Send another").click()


def test_arrivals_and_deletions_are_announced_each_time(watching: Owner, visitor: Visit) -> None:
    page = watching.dashboard
    expect(page.get_by_text("No messages yet")).to_be_visible(timeout=SOON)
    region = page.get_by_role("status").and_(page.locator("[data-arrived]"))
    expect(region).to_have_text("")
    page.evaluate(LISTEN)
    sender = visitor().open(f"/u/{watching.name}")
    for n in range(2):
        send(sender, f"Number {n}")
        expect(page.get_by_role("article")).to_have_count(n + 1, timeout=SOON)
    expect(region).to_have_text("1 new message")
    for n in (1, 0):
        page.get_by_role("article").first.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("article")).to_have_count(n, timeout=SOON)
        expect(region).to_have_text("Moved to trash")
    assert page.evaluate("heard") == ["1 new message"] * 2 + ["Moved to trash"] * 2


def test_the_title_counts_what_is_unread(watching: Owner, visitor: Visit) -> None:
    page = watching.dashboard
    expect(page.get_by_text("No messages yet")).to_be_visible(timeout=SOON)
    title = page.title()
    assert not title.startswith("(")
    page.evaluate(HIDE, "hidden")
    sender = visitor().open(f"/u/{watching.name}")
    for n in range(3):
        send(sender, f"Unread {n}")
        expect(page).to_have_title(f"({n + 1}) {title}", timeout=SOON)
    # Nothing is read in a tab that nobody sees.
    page.wait_for_timeout(1800)
    expect(page).to_have_title(f"(3) {title}")
    page.evaluate(HIDE, "visible")
    expect(page).to_have_title(title, timeout=SOON)


@pytest.mark.parametrize("width", [390, 1280])
def test_link_copied_shifts_nothing(settled: Owner, width: int) -> None:
    page = settled.dashboard
    page.set_viewport_size({"width": width, "height": 800})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_text("No messages yet")).to_be_visible(timeout=SOON)
    switch = page.get_by_role("switch", name="Accept messages")
    before = [switch.bounding_box(), page.get_by_role("heading", name="Messages").bounding_box()]
    page.evaluate(
        """() => {
          window.shifts = [];
          new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
            .observe({ type: "layout-shift" });
        }"""
    )
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    after = [switch.bounding_box(), page.get_by_role("heading", name="Messages").bounding_box()]
    assert after == before
    assert page.evaluate("shifts.length") == 0
    expect(page.get_by_text("Link copied")).to_be_hidden(timeout=SOON)
    assert switch.bounding_box() == before[0]


@pytest.mark.parametrize("path", ["/dashboard", "/settings"])
def test_a_signed_in_page_without_scripts_claims_nothing_false(settled: Owner, path: str) -> None:
    owner = settled.visitor
    browser = owner.context.browser
    assert browser is not None
    plain = browser.new_context(
        java_script_enabled=False, storage_state=owner.context.storage_state()
    )
    page = plain.new_page()
    page.goto(owner.server.url + path)
    header = page.get_by_role("banner")
    expect(header.get_by_text("Sign in")).to_have_count(0)
    expect(header.get_by_role("link", name="Settings")).to_be_visible()
    # Text locators can't see into a noscript.
    assert "This page needs JavaScript." in page.locator("noscript p").inner_text()
    assert page.locator(".skeleton:visible").count() == 0
    expect(page.get_by_text("Loading your messages")).to_be_hidden()
    header.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{owner.server.url}/")
    plain.close()


def test_an_owners_header_never_says_sign_in_while_it_loads(settled: Owner) -> None:
    answer = settled.visitor.context.request.get(f"{settled.visitor.server.url}/dashboard")
    header = answer.text().partition("<header")[2].partition("</header>")[0]
    assert "Sign out" in header
    assert "Sign in" not in header


def test_the_home_example_is_never_cut_off(visitor: Visit) -> None:
    page = visitor(reduced_motion="reduce").open("/")
    cut = """() => {
      const window = document.querySelector(".ticker-window").getBoundingClientRect();
      const notes = [...document.querySelectorAll(".ticker .note")];
      const whole = ({ top, bottom }) => top >= window.top - 1 && bottom <= window.bottom + 1;
      const some = ({ top, bottom }) => bottom > window.top + 1 && top < window.bottom - 1;
      const boxes = notes.map((note) => note.getBoundingClientRect());
      return [
        notes.filter((note) => note.scrollHeight > note.clientHeight
          || note.scrollWidth > note.clientWidth).length,
        boxes.filter((box) => some(box) && !whole(box)).length,
        boxes.filter(whole).length >= 2 ? 0 : 1,
      ];
    }"""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate(cut)
    assert {width: each for width, each in found.items() if any(each)} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_placeholder_is_drawn_in_its_own_colour(visitor: Visit, scheme: str) -> None:
    page = visitor(color_scheme=scheme).open("/")
    drawn = page.get_by_role("textbox").evaluate(
        """(box) => {
          const { color, opacity } = getComputedStyle(box, "::placeholder");
          const probe = document.createElement("p");
          probe.style.color = "var(--placeholder)";
          document.body.append(probe);
          const wanted = getComputedStyle(probe).color;
          probe.remove();
          return [color === wanted, opacity];
        }"""
    )
    assert drawn == [True, "1"]
