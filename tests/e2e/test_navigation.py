"""Finding the way: the header of owners, their own public page, the 404 page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Owner, Server, Visit, account_menu
from tests.e2e.test_accessibility import violations

SMALL = {"viewport": {"width": 320, "height": 640}}
PLACES = ["Inbox", "Settings", "View my page"]


def places(page: Page) -> list[str]:
    """The accessible names of the links in the header's navigation."""
    navigation = page.get_by_role("navigation", name="Account")
    expect(navigation.get_by_role("link").first).to_be_visible()
    links = navigation.get_by_role("link").all()
    return [each.get_attribute("aria-label") or each.inner_text().strip() for each in links]


@pytest.mark.parametrize("path", ["/", "/dashboard", "/settings", "/privacy", "/u/{name}", "/lost"])
def test_every_page_with_a_header_leads_an_owner_everywhere(
    settled: Owner, server: Server, path: str
) -> None:
    page = settled.visitor.open(path.format(name=settled.name))
    header = page.get_by_role("banner")
    expect(header.get_by_role("button", name="Account menu")).to_be_visible()
    assert places(page) == PLACES
    header.get_by_role("link", name="View my page").click()
    expect(page).to_have_url(f"{server.url}/u/{settled.name}")
    page.get_by_role("banner").get_by_role("link", name="Settings").click()
    expect(page).to_have_url(f"{server.url}/settings")
    page.get_by_role("banner").get_by_role("link", name="anonmsg, home").click()
    expect(page).to_have_url(f"{server.url}/dashboard")


def test_the_place_where_one_is_is_marked(settled: Owner) -> None:
    for path, label in (("/dashboard", "Inbox"), ("/settings", "Settings")):
        page = settled.visitor.open(path)
        marked = page.get_by_role("banner").locator("[aria-current='page']")
        expect(marked).to_have_text(label)


def test_owners_know_their_own_page_and_others_see_nothing_of_it(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    mine = settled.visitor.open(f"/u/{settled.name}")
    mine.emulate_media(reduced_motion="reduce")
    expect(mine.get_by_text("This is your page")).to_be_visible()
    expect(mine.get_by_text("your message is still anonymous")).to_be_hidden()
    assert violations(mine) == []
    server.settle(f"{settled.name}_b")
    hers = settled.visitor.open(f"/u/{settled.name}_b")
    expect(
        hers.get_by_text("You're signed in, but your message is still anonymous.")
    ).to_be_visible()
    expect(hers.get_by_text("This is your page")).to_be_hidden()
    stranger = visitor().open(f"/u/{settled.name}")
    expect(stranger.locator("[data-inbox='open']")).to_be_visible()
    expect(stranger.get_by_text("This is your page")).to_be_hidden()
    expect(stranger.get_by_role("navigation", name="Account").get_by_role("link")).to_have_count(0)
    mine.get_by_role("link", name="Back to your inbox").click()
    expect(mine).to_have_url(f"{server.url}/dashboard")


def test_a_404_leads_owners_back_and_strangers_home(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    lost = settled.visitor.open("/u/nobody_at_all")
    lost.get_by_role("link", name="Go to your inbox").click()
    expect(lost).to_have_url(f"{server.url}/dashboard")
    lost = visitor().open("/u/nobody_at_all")
    expect(lost.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    expect(lost.get_by_role("button", name="Account menu")).to_be_hidden()
    lost.get_by_role("link", name="Go to the home page").click()
    expect(lost).to_have_url(f"{server.url}/")


def test_the_menu_opens_and_closes_by_every_means(settled: Owner) -> None:
    page = settled.visitor.open("/dashboard")
    page.emulate_media(reduced_motion="reduce")
    button = page.get_by_role("button", name="Account menu")
    sign_out = page.get_by_role("button", name="Sign out")
    expect(sign_out).to_be_hidden()
    account_menu(page)
    expect(sign_out).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text(f"Signed in as {settled.name}", exact=True)).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(sign_out).to_be_focused()
    page.keyboard.press("Tab")
    expect(sign_out).to_be_hidden()
    button.click()
    page.get_by_role("heading", name="Your inbox").click()
    expect(sign_out).to_be_hidden()
    button.click()
    button.click()
    expect(sign_out).to_be_hidden()


def test_nothing_in_the_header_is_cut_off_on_the_smallest_phone(
    settled: Owner, visitor: Visit
) -> None:
    phone = visitor(**SMALL)
    phone.sign_in(settled.name)
    page = phone.open("/dashboard")
    expect(page.get_by_role("button", name="Account menu")).to_be_visible()
    cut = """[...document.querySelectorAll("header *")].filter(
        (each) => each.offsetWidth && each.scrollWidth > each.clientWidth + 1).length"""
    assert page.evaluate(cut) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    header = page.get_by_role("banner").inner_text()
    assert [word for word in re.split(r"\s*\n\s*", header) if word] == [
        *("Inbox", "Settings", "My page", "Account"),
    ]


def test_without_scripts_the_whole_menu_stands_in_the_header(settled: Owner) -> None:
    browser = settled.visitor.context.browser
    assert browser is not None
    state = settled.visitor.context.storage_state()
    plain = browser.new_context(java_script_enabled=False, storage_state=state)
    page = plain.new_page()
    page.goto(f"{settled.visitor.server.url}/dashboard")
    page.get_by_role("link", name="View my page").click()
    expect(page).to_have_url(f"{settled.visitor.server.url}/u/{settled.name}")
    page.goto(f"{settled.visitor.server.url}/lost")
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{settled.visitor.server.url}/")
    plain.close()
