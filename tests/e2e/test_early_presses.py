"""A press on a button or switch that React handles counts once, even if it comes before React."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import databases
from tests.e2e.browsers_that_differ import KINDS, SORTS, before_react, someone
from tests.e2e.conftest import Server, Visit, sign_up


@pytest.mark.parametrize(
    ("press", "kind"),
    [*(("click", each) for each in KINDS), *(("dblclick", each) for each in SORTS)],
)
def test_suggestions_that_were_asked_for_early_come(
    visitor: Visit, server: Server, name: str, press: str, kind: str
) -> None:
    server.settle(name)
    with before_react(someone(visitor, kind), f"/u/{name}") as page:
        getattr(page.get_by_role("button", name="Suggest messages"), press)()
    expect(page.locator("[data-suggestion]")).to_have_count(3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_press_during_which_react_comes_counts(
    visitor: Visit, server: Server, name: str, kind: str
) -> None:
    server.settle(name)
    with before_react(someone(visitor, kind), f"/u/{name}") as page:
        page.get_by_label("Your message").fill("Pressed in between")
        send = page.get_by_role("button", name="Send", exact=True).bounding_box()
        assert send is not None
        page.mouse.move(send["x"] + send["width"] / 2, send["y"] + send["height"] / 2)
        page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(500)
    assert server.inbox(name) == ["Pressed in between"]


# What React does with a press if it can't hydrate the page that was pressed.
RENDERS_AGAIN = """() => document.addEventListener("pointerdown", (event) => {
  event.stopPropagation();
  const page = document.querySelector(".page");
  page.replaceWith(page.cloneNode(true));
}, { capture: true, once: true })"""


@pytest.mark.parametrize("button", ["Send", "Suggest messages"])
def test_a_press_that_makes_react_render_the_page_again_counts(
    visitor: Visit, server: Server, name: str, button: str
) -> None:
    server.settle(name)
    with before_react(visitor(), f"/u/{name}") as page:
        page.get_by_label("Your message").fill("Pressed at the wrong moment")
        page.evaluate(RENDERS_AGAIN)
        page.get_by_role("button", name=button, exact=True).click(no_wait_after=True)
    if button == "Send":
        expect(page.get_by_text("Message sent anonymously")).to_be_visible()
        assert server.inbox(name) == ["Pressed at the wrong moment"]
    else:
        expect(page.locator("[data-suggestion]")).to_have_count(3)
        expect(page.get_by_label("Your message")).to_have_value("Pressed at the wrong moment")


def test_a_code_that_was_asked_for_early_is_sent_once(
    visitor: Visit, server: Server, name: str
) -> None:
    person = visitor()
    begun = person.open("/sign-up")
    sign_up(begun, name)
    begun.wait_for_url("**/verify")
    email = f"{name}@example.com"
    server.code(email)
    then = databases.earlier("code_made_at", by=120)
    server.sql(f"UPDATE sign_ups SET code_made_at = {then}")  # noqa: S608
    with before_react(person, "/verify") as page:
        page.get_by_role("button", name="Resend code").click()
    expect(page.get_by_text("We've sent a new code.")).to_be_visible()
    server.code(email, after=1)
    page.wait_for_timeout(1000)
    assert len(server.mails(email)) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_switch_that_was_pressed_early_turns(
    visitor: Visit, server: Server, name: str, kind: str
) -> None:
    server.settle(name)
    person = someone(visitor, kind)
    person.sign_in(name)
    with before_react(person, "/dashboard") as page:
        switch = page.get_by_role("switch", name="Accept messages")
        switch.click()
    expect(page.get_by_text("Not accepting messages")).to_be_visible()
    expect(switch).to_be_checked(checked=False)
    page.reload()
    expect(page.get_by_text("Not accepting messages")).to_be_visible()
