"""Run axe on every page in every state: light and dark, phone and desktop."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, Visit, Visitor, sign_in, sign_up

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
LONG = "A word, and then a much longer sentence that has to be broken somewhere. " * 6


def violations(page: Page) -> list[str]:
    """What axe objects to, in each colour scheme and at each size."""
    page.evaluate(Axe().axe_script)
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            answer = page.evaluate("axe.run({resultTypes: ['violations']})")
            found += [
                f"{scheme} {size['width']}: {each['id']}: {[n['html'] for n in each['nodes']]}"
                for each in answer["violations"]
            ]
    return found


@pytest.fixture
def me(visitor: Visit) -> Visitor:
    # Mid-transition colours would have a different contrast.
    return visitor(reduced_motion="reduce")


def test_axe_would_find_a_violation(me: Visitor) -> None:
    # Use a page without React, which would object to the changes.
    page = me.open("/lost")
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    found = " ".join(violations(page))
    assert "color-contrast" in found
    assert "label" in found


FOR_EVERYONE = ["/", "/privacy", "/nothing/here", "/u/nobody-at-all"]
FOR_EVERYONE += ["/forgot-password", "/reset-password", "/confirm-email", "/undo-email"]
FOR_EVERYONE += ["/unsubscribe?key=x"]


@pytest.mark.parametrize("path", FOR_EVERYONE)
def test_the_pages_for_everyone_are_accessible(me: Visitor, path: str) -> None:
    page = me.open(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_have_count(1)
    assert violations(page) == []


def test_what_is_tried_on_the_home_page_is_accessible(me: Visitor) -> None:
    page = me.open("/")
    page.get_by_label("Try it. Nothing leaves this page.").fill(LONG)
    expect(page.get_by_role("group", name="What they'd see")).to_be_visible()
    assert violations(page) == []


def test_what_is_said_in_a_tunnel_is_accessible(me: Visitor, server: Server, name: str) -> None:
    server.settle(name)
    me.bears = re.compile("Failed to load resource|The resource")
    pages = [me.open(f"/u/{name}"), me.open("/sign-up")]
    me.context.set_offline(True)
    pages[0].get_by_label("Your message").fill("Later")
    pages[0].get_by_role("button", name="Send", exact=True).click()
    expect(pages[0].get_by_text("We'll send this when you're back.")).to_be_visible()
    expect(pages[1].get_by_text("What you write stays here.")).to_be_visible()
    assert [violations(page) for page in pages] == [[], []]
    pages[0].get_by_label("Your message").fill("")


def test_sign_up_is_accessible_with_and_without_errors(me: Visitor) -> None:
    page = me.open("/sign-up")
    assert violations(page) == []
    sign_up(page, "1", email="nonsense", password="short")
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []


def test_verify_is_accessible_whether_or_not_it_knows_of_a_sign_up(
    visitor: Visit, me: Visitor, server: Server, name: str
) -> None:
    page = me.open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    expect(page.get_by_text("User registered successfully")).to_be_visible()
    page.get_by_label("Verification code").fill("000000")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_label("Verification code")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []

    other = visitor(reduced_motion="reduce")
    unknown = other.open("/verify")
    expect(unknown.get_by_text("No sign-up was started in this browser")).to_be_visible()
    assert violations(unknown) == []
    link = server.link(f"{name}@example.com")
    elsewhere = other.open(link)
    expect(elsewhere.get_by_label("Password", exact=True)).to_be_visible()
    assert violations(elsewhere) == []
    here = me.open(link)
    expect(here.get_by_text("One last step: confirm your account.")).to_be_visible()
    assert violations(here) == []


def test_sign_in_is_accessible_with_and_without_an_error(me: Visitor) -> None:
    page = me.open("/sign-in")
    assert violations(page) == []
    sign_in(page, "nobody_of_that_name")
    expect(page.get_by_text("User not found")).to_be_visible()
    assert violations(page) == []


def test_an_empty_dashboard_is_accessible(me: Visitor, server: Server, name: str) -> None:
    server.settle(name)
    me.sign_in(name)
    page = me.open("/dashboard")
    expect(page.get_by_text("No messages yet")).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("switch", name="Accept messages").click()
    expect(page.get_by_text("Not accepting messages")).to_be_visible()
    assert violations(page) == []
    home = me.open("/")
    expect(home.get_by_role("link", name="Open your inbox")).to_be_visible()
    assert violations(home) == []


def test_the_settings_are_accessible_with_and_without_errors(
    me: Visitor, visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    visitor().sign_in(name)
    me.sign_in(name)
    page = me.open("/settings")
    expect(page.get_by_text(re.compile("^Last used"))).to_be_visible()
    assert violations(page) == []
    page.get_by_label("New username").fill("x")
    page.get_by_role("button", name="Change username").click()
    expect(page.get_by_text("Use 2–20 letters")).to_be_visible()
    assert violations(page) == []


def test_a_full_dashboard_and_its_dialog_are_accessible(
    me: Visitor, server: Server, name: str
) -> None:
    server.settle(name, *["Short", "مرحبا", LONG, "w" * 500] * 6)
    me.sign_in(name)
    page = me.open("/dashboard")
    expect(page.get_by_role("button", name="Load more")).to_be_visible()
    assert violations(page) == []
    first = page.get_by_role("article").first
    first.get_by_role("button", name="More").click()
    assert violations(page) == []
    page.get_by_role("button", name="Note").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Select", exact=True).click()
    first.get_by_role("checkbox").check()
    assert violations(page) == []
    page.get_by_role("button", name="Done").click()
    first.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert violations(page) == []
    page.goto(page.url + "?folder=trash")
    page.get_by_role("article").get_by_role("button", name="Delete forever").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert violations(page) == []


def test_a_public_page_is_accessible_from_the_empty_box_to_the_sent_message(
    me: Visitor, server: Server, name: str
) -> None:
    server.settle(name)
    page = me.open(f"/u/{name}")
    assert violations(page) == []
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Write a message first.")).to_be_visible()
    page.get_by_role("button", name="Suggest messages").click()
    expect(page.locator("[data-suggestion]")).to_have_count(3)
    page.get_by_label("Your message").fill("x" * 1001)
    expect(page.get_by_text("1 over the limit").first).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Your message").fill(LONG)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible()
    assert violations(page) == []


def test_a_closed_public_page_is_accessible(me: Visitor, server: Server, name: str) -> None:
    server.settle(name, accepts=False)
    page = me.open(f"/u/{name}")
    expect(page.get_by_text(f"{name} is not accepting messages")).to_be_visible()
    assert violations(page) == []


def test_an_inbox_that_closes_and_a_page_that_goes_are_accessible(
    me: Visitor, server: Server, name: str
) -> None:
    server.settle(name)
    page = me.open(f"/u/{name}")
    page.get_by_label("Your message").fill(LONG)
    for column, value, said in (
        ("accepts_messages", 0, f"{name} is not accepting messages"),
        ("leaves_at", "2100-01-01 00:00:00.000000", "This page has been removed"),
    ):
        server.sql(f"UPDATE people SET {column} = ? WHERE username = ?", value, name)  # noqa: S608
        # A second press within 0.7 s would count as a double click.
        page.wait_for_timeout(800)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text(said)).to_be_visible(timeout=15_000)
        assert violations(page) == []


def test_the_second_step_of_a_sign_in_is_accessible(me: Visitor) -> None:
    page = me.open("/sign-in")
    asked = '{"success": false, "field": "code", "message": "Enter the code."}'
    page.route("**/sign-in", lambda route: route.fulfill(body=asked, status=401))
    sign_in(page, "somebody")
    expect(page.get_by_role("heading", name="Two-factor sign-in")).to_be_visible()
    assert violations(page) == []


PLAIN: dict[str, Callable[[str], tuple[str, dict[str, str], str]]] = {
    "sent": lambda name: (f"/u/{name}", {"message": "Hello"}, "same-origin"),
    "refused": lambda name: (f"/u/{name}", {"message": LONG * 3}, "same-origin"),
    "lost": lambda name: ("/u/nobody-at-all", {"message": "Hello"}, "same-origin"),
    "foreign": lambda name: (f"/u/{name}", {"message": "Hello"}, "cross-site"),
    "too early": lambda name: ("/sign-up", {"username": name, "email": "a@b.c"}, "same-origin"),
    "sign-in": lambda name: ("/sign-in", {"identifier": name, "password": "x"}, "same-origin"),
}


@pytest.mark.parametrize("answer", PLAIN)
def test_the_answers_without_scripts_are_accessible(
    me: Visitor, server: Server, name: str, answer: str
) -> None:
    server.settle(name)
    path, form, site = PLAIN[answer](name)
    # Only a browser without scripts gets this response, but axe needs scripts to run.
    plain = me.context.request.post(server.url + path, form=form, headers={"Sec-Fetch-Site": site})
    page = me.context.new_page()
    page.route(server.url + path, lambda route: route.fulfill(response=plain))
    page.goto(server.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
