"""Whatever the browser does to a page, what was typed before React came stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from anonmsg import addresses
from anonmsg.addresses import ADDRESSES, Post
from tests.e2e.browsers_that_differ import KINDS, SORTS, before_react, someone
from tests.e2e.conftest import Server, Visit, Visitor

WAIT = 20_000
SECRET = "k" * 43
TYPED = {
    "email": "someone@example.com",
    "password": "typed by somebody",
    "text": "typed",
    "textarea": "Typed before the page was ready",
}
# Every page with a form: what its address needs, and whether one has to be signed in.
PAGES = {
    addresses.HOME: ("/", False),
    addresses.SIGN_UP: ("/sign-up", False),
    addresses.VERIFY: ("/verify", False),
    addresses.SIGN_IN: ("/sign-in", False),
    addresses.FORGOT_PASSWORD: ("/forgot-password", False),
    addresses.RESET_PASSWORD: (f"/reset-password#{SECRET}", False),
    addresses.CONFIRM_EMAIL: (f"/confirm-email#{SECRET}", False),
    addresses.UNDO_EMAIL: (f"/undo-email#{SECRET}", False),
    addresses.SETTINGS: ("/settings", True),
    addresses.PUBLIC_PAGE: ("/u/{name}", False),
}


def test_every_page_with_a_form_is_in_the_table() -> None:
    with_forms = {each for each in ADDRESSES if each.is_page and each.post is not Post.NOTHING}
    only_buttons = {addresses.LEAVING}
    assert with_forms - only_buttons <= set(PAGES)


def type_everywhere(page: Page) -> dict[str, str]:
    """Type into every visible field, and return what each one holds, by id."""
    typed: dict[str, str] = {}
    fields = page.locator("input:visible, textarea:visible")
    for field in fields.all():
        kind = field.evaluate("(field) => field.type")
        if not field.is_editable() or kind not in TYPED:
            continue
        field.fill(TYPED[kind])
        typed[field.get_attribute("id") or ""] = TYPED[kind]
    return typed


# The page that matters most, and one with every type of field.
MAIN = {each: PAGES[each] for each in (addresses.PUBLIC_PAGE, addresses.SIGN_UP)}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_before_react_stays(
    visitor: Visit, server: Server, name: str, kind: str
) -> None:
    server.settle(name)
    person = someone(visitor, kind)
    pages = PAGES if kind in SORTS else MAIN
    for path, needs_owner in sorted(pages.values(), key=lambda page: page[1]):
        if needs_owner:
            person.sign_in(name)
        stays(person, path.format(name=name))


def stays(person: Visitor, path: str) -> None:
    """Type into a page before React comes, and check that all of it stays."""
    with before_react(person, path) as page:
        typed = type_everywhere(page)
        focused = page.evaluate("document.activeElement.id")
        # A slow machine takes so long that the page calls the network blocked, until it isn't.
        marks = set(page.evaluate("document.documentElement.className").split()) - {"is-blocked"}
    # The pages of an emailed link may have only a button.
    assert typed or "#" in path, path
    for each, value in typed.items():
        expect(page.locator(f"#{each}"), path).to_have_value(value, timeout=WAIT)
    # Without a sign-up, /verify hides its form once it knows.
    if focused and page.locator(f"#{focused}").is_visible():
        assert page.evaluate("document.activeElement.id") == focused, path
    assert marks <= set(page.evaluate("document.documentElement.className").split()), path
    if "#" in path:
        expect(page.locator("#mailed-link")).to_have_value(SECRET)
    page.close()
