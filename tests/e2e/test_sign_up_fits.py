"""Sign-up fits a laptop's window, and a phone's with its keyboard open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit

DESK = {"viewport": {"width": 1280, "height": 800}}
# 390x844 with its keyboard open.
KEYBOARD = {"viewport": {"width": 390, "height": 460}, "has_touch": True, "is_mobile": True}
FIELDS = {"Username": "username", "Email": "email", "Password": "password"}


def opened(visitor: Visit, window: dict[str, object]) -> Page:
    page = visitor(**window).open("/sign-up")
    expect(page.locator("[data-cut-off]")).to_have_attribute("data-cut-off", "false")
    return page


def refused(page: Page, name: str) -> None:
    """Fill in the form so that every field is refused, or only its last one."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Email").fill("nonsense")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("valid email")).to_be_visible()


def test_the_whole_sheet_is_in_view_on_a_laptop(visitor: Visit, name: str) -> None:
    page = opened(visitor, DESK)
    sheet = page.locator(".sheet")
    expect(sheet).to_be_in_viewport(ratio=1)
    page.get_by_label("Username").fill(name)
    expect(page.get_by_text("Username is available")).to_be_visible()
    expect(sheet).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    # Not even three refusals at once push the button out.
    refused(page, "x")
    expect(sheet).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("label", FIELDS)
def test_a_field_is_in_view_with_its_label_and_hint_above_a_keyboard(
    visitor: Visit, label: str
) -> None:
    page = opened(visitor, KEYBOARD)
    field = page.get_by_label(label, exact=True)
    field.focus()
    for shown in (
        page.locator(f"label[for={FIELDS[label]}]"),
        field,
        page.locator(f"#{FIELDS[label]}-hint"),
    ):
        expect(shown).to_be_in_viewport(ratio=1)


def test_the_verdict_and_an_error_are_in_view_above_a_keyboard(visitor: Visit, name: str) -> None:
    page = opened(visitor, KEYBOARD)
    page.get_by_label("Username").focus()
    page.keyboard.type(name)
    expect(page.get_by_text("Username is available")).to_be_in_viewport(ratio=1)
    refused(page, name)
    email = page.get_by_label("Email")
    expect(email).to_be_focused()
    for shown in (email, page.locator("#email-hint"), page.get_by_text("valid email")):
        expect(shown).to_be_in_viewport(ratio=1)


def test_the_button_is_reached_from_the_last_field_with_a_keyboard_open(visitor: Visit) -> None:
    page = opened(visitor, KEYBOARD)
    page.get_by_label("Password", exact=True).focus()
    # Past the button that shows the password.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Sign up")
    expect(button).to_be_focused()
    expect(button).to_be_in_viewport(ratio=1)
