"""Whatever the browser does to a page, what was typed before React came stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from anonmsg import addresses
from anonmsg.addresses import ADDRESSES, Address, Post
from tests.e2e.browsers_that_differ import KINDS, before_react, someone
from tests.e2e.conftest import Server, Visit

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


@pytest.mark.parametrize("address", PAGES, ids=lambda each: each.path)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_before_react_stays(
    visitor: Visit, server: Server, name: str, kind: str, address: Address
) -> None:
    path, needs_owner = PAGES[address]
    server.settle(name)
    person = someone(visitor, kind)
    if needs_owner:
        person.sign_in(name)
    with before_react(person, path.format(name=name)) as page:
        typed = type_everywhere(page)
        focused = page.evaluate("document.activeElement.id")
        # A slow machine takes so long that the page calls the network blocked, until it isn't.
        marks = set(page.evaluate("document.documentElement.className").split()) - {"is-blocked"}
    for each, value in typed.items():
        expect(page.locator(f"#{each}")).to_have_value(value, timeout=WAIT)
    # Without a sign-up, /verify hides its form once it knows.
    if focused and page.locator(f"#{focused}").is_visible():
        assert page.evaluate("document.activeElement.id") == focused
    assert marks <= set(page.evaluate("document.documentElement.className").split())
    if "#" in path:
        expect(page.locator("#mailed-link")).to_have_value(SECRET)
