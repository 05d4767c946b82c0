"""A press on a button counts, even if the page moves the button away meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit

REFUSED = "Enter a valid email address."


def press(page: Page) -> None:
    """Press the button, and keep it pressed until what appears above has moved it away."""
    button = page.get_by_role("button", name="Sign up")
    before = button.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + before["width"] / 2, before["y"] + 4)
    page.mouse.down()
    expect(page.get_by_text("Use 2–20 letters, numbers or underscores.")).to_be_visible()
    after = button.bounding_box()
    assert after is not None
    assert after["y"] > before["y"] + 4


@pytest.mark.parametrize("width", [390, 1280])
def test_a_button_that_moves_while_it_is_pressed_is_pressed(visitor: Visit, width: int) -> None:
    page = visitor(viewport={"width": width, "height": 844}).open("/sign-up")
    page.get_by_label("Username").fill("not a name")
    press(page)
    page.mouse.up()
    expect(page.get_by_text(REFUSED)).to_be_visible()


def test_a_pointer_that_leaves_takes_the_press_back(visitor: Visit) -> None:
    page = visitor().open("/sign-up")
    page.get_by_label("Username").fill("not a name")
    press(page)
    page.mouse.move(20, 20)
    page.mouse.up()
    # The server has answered what came before, so a submit would have been refused by now.
    page.get_by_label("Username").fill("a_fine_name")
    expect(page.get_by_text("Username is available")).to_be_visible()
    expect(page.get_by_text(REFUSED)).to_be_hidden()
