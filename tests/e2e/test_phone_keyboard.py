"""A phone's keyboard covers half of the page, and never what must be pressed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Owner, Visit

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
KEYBOARD_OPEN = 460
# A phone's browser tells of its keyboard through the visual viewport, which shrinks.
KEYBOARD = """(() => {
  const seen = new EventTarget();
  Object.assign(seen, { height: innerHeight, offsetTop: 0, scale: 1 });
  Object.defineProperty(window, "visualViewport", { value: seen });
  window.openKeyboard = (height) => {
    seen.height = height;
    seen.dispatchEvent(new Event("resize"));
  };
})()"""


def bottom_of_send(page: Page) -> float:
    box = page.get_by_role("button", name="Send", exact=True).bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_send_stays_above_a_keyboard_that_covers_the_page(watching: Owner, visitor: Visit) -> None:
    phone = visitor(**PHONE)
    phone.context.add_init_script(KEYBOARD)
    page = phone.open(f"/u/{watching.name}")
    box = page.get_by_label("Your message")
    box.tap()
    page.evaluate(f"openKeyboard({KEYBOARD_OPEN})")
    box.type("One\nTwo\nThree\nFour\nFive\nSix\nSeven\nEight\nNine")
    page.evaluate("window.scrollTo(0, 0)")
    assert bottom_of_send(page) <= KEYBOARD_OPEN
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible()


def test_send_stays_in_view_where_the_keyboard_shrinks_the_page(
    watching: Owner, visitor: Visit
) -> None:
    page = visitor(**PHONE).open(f"/u/{watching.name}")
    page.set_viewport_size({"width": 390, "height": KEYBOARD_OPEN})
    page.get_by_label("Your message").tap()
    page.evaluate("window.scrollTo(0, 0)")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport(ratio=1)


def test_a_page_that_is_only_zoomed_covers_nothing(watching: Owner, visitor: Visit) -> None:
    phone = visitor(**PHONE)
    phone.context.add_init_script(KEYBOARD)
    page = phone.open(f"/u/{watching.name}")
    page.evaluate("visualViewport.scale = 2")
    page.evaluate("openKeyboard(300)")
    assert page.evaluate("document.documentElement.style.getPropertyValue('--covered')") == "0px"
