"""When React gives up, nobody sees a stack trace, and the forms that can still work do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers_that_differ import before_react
from tests.e2e.conftest import PASSWORD, Server, Visit, Visitor

WAIT = 20_000
STILL_WORKS = "Something went wrong on our end. This form still works."
SORRY = "Something went wrong on our end."
# The layout around every page sets it, so not even an error boundary inside it helps.
BREAKS_THE_LAYOUT = """
Object.defineProperty(window, "__reflex", {
  set() {
    if (!window.isTold) {
      window.isTold = true;
      throw new Error("secret words in an error");
    }
  },
});
"""
# React makes buttons for suggestions, and writes a verdict about a username.
BREAK_SOON = """
() => {
  const fail = () => { throw new Error("secret words in an error"); };
  const isShown = () => document.querySelector("body > .page");
  const nodeValue = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
  Object.defineProperty(Node.prototype, "nodeValue", {
    ...nodeValue,
    set(value) { return isShown() ? fail() : nodeValue.set.call(this, value); },
  });
  const make = document.createElement;
  document.createElement = function (name, ...rest) {
    return name === "button" && isShown() ? fail() : make.call(this, name, ...rest);
  };
}
"""


@pytest.fixture
def unlucky(visitor: Visit) -> Iterator[Visitor]:
    """Someone whose pages break; React says why to the console."""
    made = visitor()
    made.bears = re.compile(r".*")
    yield made
    made.complaints.clear()


def no_trace(page: Page) -> None:
    text = page.locator("html").inner_text()
    assert "Application Error" not in text
    assert "secret words" not in text
    assert re.findall(r"^\s*at \S+:\d+", text, re.MULTILINE) == []


def test_a_public_page_that_breaks_still_sends(unlucky: Visitor, server: Server, name: str) -> None:
    server.settle(name)
    with before_react(unlucky, f"/u/{name}") as page:
        page.get_by_label("Your message").fill("Written before it broke")
    page.evaluate(BREAK_SOON)
    page.get_by_role("button", name="Suggest messages").click()
    expect(page.get_by_text(STILL_WORKS)).to_be_visible(timeout=WAIT)
    no_trace(page)
    expect(page.get_by_label("Your message")).to_have_value("Written before it broke")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_label("Your message").press("End")
    page.keyboard.type(", and after")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=WAIT)
    assert server.inbox(name) == ["Written before it broke, and after"]
    page.get_by_role("link", name="Send another").click()
    expect(page.get_by_label("Your message")).to_have_value("")
    assert "#" not in page.url


def test_a_message_that_was_sent_before_the_page_broke_is_not_sent_twice(
    unlucky: Visitor, server: Server, name: str
) -> None:
    server.settle(name)
    with before_react(unlucky, f"/u/{name}") as page:
        page.get_by_label("Your message").fill("Only once")
    # The message arrives; its confirmation breaks the page.
    page.evaluate(BREAK_SOON)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(STILL_WORKS)).to_be_visible(timeout=WAIT)
    expect(page.get_by_label("Your message")).to_have_value("Only once")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=WAIT)
    assert server.inbox(name) == ["Only once"]


def test_a_layout_that_breaks_leaves_the_native_forms(
    unlucky: Visitor, server: Server, name: str
) -> None:
    server.settle(name)
    unlucky.context.add_init_script(BREAKS_THE_LAYOUT)
    page = unlucky.open(f"/u/{name}")
    expect(page.get_by_text(STILL_WORKS)).to_be_visible(timeout=WAIT)
    no_trace(page)
    page.get_by_label("Your message").fill("Through a broken layout")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=WAIT)
    assert server.inbox(name) == ["Through a broken layout"]

    page = unlucky.open("/forgot-password")
    expect(page.get_by_text(STILL_WORKS)).to_be_visible(timeout=WAIT)
    page.get_by_label("Email").fill(f"{name}@example.com")
    page.get_by_role("button", name="Send reset link").click()
    server.mail(f"{name}@example.com")

    page = unlucky.open("/sign-in")
    expect(page.get_by_text(STILL_WORKS)).to_be_visible(timeout=WAIT)
    page.get_by_label("Email or username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard", timeout=WAIT)
    expect(page.get_by_role("heading", name=SORRY)).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="Reload")).to_be_visible()
    no_trace(page)


def test_a_form_of_another_page_still_works_too(unlucky: Visitor) -> None:
    with before_react(unlucky, "/sign-up") as page:
        pass
    page.evaluate(BREAK_SOON)
    page.get_by_label("Username").fill("somebody")
    expect(page.get_by_text(STILL_WORKS)).to_be_visible(timeout=WAIT)
    expect(page.get_by_label("Username")).to_have_value("somebody")
    no_trace(page)


def test_a_browser_that_cannot_read_our_script_posts_natively(
    unlucky: Visitor, server: Server, name: str
) -> None:
    server.settle(name)
    # It knows neither our script nor React's modules, as an old browser does.
    unlucky.context.route("**/assets/*.js", lambda route: route.abort())

    def spoil(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        headers = dict(answer.headers)
        headers.pop("content-security-policy", None)
        text = answer.text().replace('"use strict";', '"use strict"; const = not a script;')
        route.fulfill(response=answer, headers=headers, body=text)  # type: ignore[attr-defined]

    unlucky.context.route(f"**/u/{name}", spoil)
    page = unlucky.open(f"/u/{name}")
    assert "scripted" not in page.evaluate("document.documentElement.className")
    unlucky.context.unroute(f"**/u/{name}")
    assert unlucky.complaints == ["Unexpected token '='"]
    page.get_by_label("Your message").fill("From an old phone")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=WAIT)
    assert server.inbox(name) == ["From an old phone"]
