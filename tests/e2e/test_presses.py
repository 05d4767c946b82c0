"""A press on a button counts, even if the page moves the button away meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import Server, Visit

REFUSED = "Enter a valid email address."


def press(page: Page) -> None:
    """Press the button, and keep it pressed until what appears above has moved it away.

    The field is checked 300 ms after the last key, so on a busy machine the button may be
    gone before it's pressed: then it's tried again.
    """
    name, button = page.get_by_label("Username"), page.get_by_role("button", name="Sign up")
    sentence = page.get_by_text("Use 2–20 letters, numbers or underscores.")
    for _ in range(10):
        name.fill("a_fine_name")
        expect(sentence).to_be_hidden()
        name.fill("not a name")
        before = button.bounding_box()
        assert before is not None
        page.mouse.move(before["x"] + before["width"] / 2, before["y"] + 4)
        page.mouse.down()
        if button.evaluate("each => each.matches(':active')"):
            break
        page.mouse.up()
    expect(sentence).to_be_visible()
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


def test_a_press_on_what_was_changed_meanwhile_waits_for_the_last_answer(
    visitor: Visit, server: Server
) -> None:
    page = visitor().context.new_page()
    kept: list[tuple[WebSocketRoute, str | bytes]] = []
    submits: list[str] = []
    holding = [False]

    def relay(socket: WebSocketRoute) -> None:
        def answer(data: str | bytes) -> None:
            if holding[0] and re.search(r'"busy\w*":false', str(data)):
                kept.append((socket, data))
            else:
                socket.send(data)

        def ask(data: str | bytes) -> None:
            if ".submit" in str(data):
                submits.append(str(data))
            server_side.send(data)

        server_side = socket.connect_to_server()
        server_side.on_message(answer)
        socket.on_message(ask)

    page.route_web_socket(re.compile("/_event"), relay)
    page.goto(f"{server.url}/sign-up")
    button = page.get_by_role("button", name="Sign up")
    username, email = (page.get_by_label(each, exact=True) for each in ("Username", "Email"))
    username.fill("not a name")
    email.fill("nonsense")
    holding[0] = True
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")

    # What is the same is sent once; what was changed is sent after the answer.
    button.click()
    email.fill("ada@example.com")
    button.click()
    button.click()
    # The page handles what it was told in order, so the presses have been handled by now.
    expect(button).to_have_attribute("aria-busy", "true")
    assert len(submits) == 1
    holding[0] = False
    for socket, data in kept:
        socket.send(data)
    expect(email).to_have_attribute("aria-invalid", "false")
    expect(username).to_have_attribute("aria-invalid", "true")
    assert ["ada@example.com" in each for each in submits] == [False, True]
