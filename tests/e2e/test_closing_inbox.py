"""The inbox closes, or its page goes, while somebody types: told at the top, nothing lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit, unfold_delete_account

DRAFT = "Something that took me an hour to write."
PHONE = {"width": 390, "height": 460}
SOON = 15_000


def close(owner: Owner, *, accepts: bool = False) -> None:
    """Press the owner's switch, and wait until it's done."""
    owner.dashboard.get_by_role("switch", name="Accept messages").click()
    state = "Accepting messages" if accepts else "Not accepting messages"
    expect(owner.dashboard.get_by_text(state, exact=True)).to_be_visible(timeout=SOON)


def writing(visitor: Visit, owner: Owner, **options: object) -> Page:
    """A sender's page with a draft in the box."""
    page = visitor(**options).open(f"/u/{owner.name}")
    page.get_by_label("Your message").fill(DRAFT)
    expect(page.locator("[data-inbox=open]")).to_be_visible(timeout=SOON)
    return page


def top(page: Page) -> float:
    """How far down the page the notice begins."""
    box = page.locator("#page-notice").bounding_box()
    assert box is not None
    return box["y"]


def test_the_notice_comes_on_top_and_goes_again(watching: Owner, visitor: Visit) -> None:
    page = writing(visitor, watching)
    notice = page.get_by_role("status").filter(
        has_text=f"{watching.name} is not accepting messages"
    )
    expect(notice).to_be_hidden()
    close(watching)
    expect(notice.get_by_text("is not accepting messages")).to_be_visible(timeout=SOON)
    heading = page.get_by_role("heading", level=1, name=f"Send {watching.name}")
    expect(heading).to_be_visible()
    above = heading.bounding_box()
    assert above is not None
    assert top(page) < above["y"]
    expect(page.get_by_label("Your message")).to_have_value(DRAFT)
    expect(page.get_by_label("Your message")).to_be_visible()
    send = page.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_visible()
    assert page.get_by_text(f"{watching.name} is not accepting messages").count() == 1

    # A refused press leads to the notice, and says it nowhere else.
    send.click()
    expect(page.locator("#page-notice")).to_be_focused(timeout=SOON)
    expect(page.get_by_label("Your message")).to_have_value(DRAFT)
    assert page.locator("#message-refusal").text_content() == ""

    close(watching, accepts=True)
    expect(notice.get_by_text("is not accepting messages")).to_be_hidden(timeout=SOON)
    send.click()
    expect(page.get_by_text("Message sent anonymously")).to_be_visible(timeout=SOON)
    assert watching.visitor.server.inbox(watching.name) == [DRAFT]


def test_on_a_phone_the_refused_press_brings_the_notice_into_view(
    watching: Owner, visitor: Visit
) -> None:
    page = writing(visitor, watching, viewport=PHONE)
    close(watching)
    expect(page.locator("[data-inbox=closed]")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#page-notice")).to_be_focused(timeout=SOON)
    expect(page.locator("#page-notice")).to_be_in_viewport(ratio=1)


def test_who_has_only_begun_keeps_the_box_too(watching: Owner, visitor: Visit) -> None:
    page = visitor().open(f"/u/{watching.name}")
    box = page.get_by_label("Your message")
    box.focus()
    close(watching)
    expect(page.locator("[data-inbox=closed]")).to_be_visible(timeout=SOON)
    expect(box).to_be_focused()
    page.keyboard.type("Now")
    expect(box).to_have_value("Now")
    box.blur()
    expect(box).to_be_visible()


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_a_closed_page_says_so_on_top_before_anyone_types(
    visitor: Visit, server: Server, name: str, options: dict[str, bool]
) -> None:
    server.settle(name, accepts=False)
    page = visitor(**options).open(f"/u/{name}")
    said = page.get_by_text(f"{name} is not accepting messages")
    expect(said).to_be_visible()
    expect(said).to_be_in_viewport()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_count(1)
    above = heading.bounding_box()
    assert above is not None
    assert top(page) < above["y"]
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()


def test_a_page_removed_meanwhile_says_so_on_top_and_the_draft_can_be_copied(
    settled: Owner, visitor: Visit
) -> None:
    page = writing(visitor, settled)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    settings = settled.visitor.open("/settings")
    section = unfold_delete_account(settings)
    section.get_by_label("Type your username").fill(settled.name)
    section.get_by_label("Current password").fill(PASSWORD)
    section.get_by_role("button", name="Delete account").click()

    gone = page.get_by_role("status").get_by_text("This page has been removed")
    expect(gone).to_be_visible(timeout=SOON)
    expect(gone).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1, name=f"Send {settled.name}")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value(DRAFT)
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_text("Text copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == DRAFT

    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#page-notice")).to_be_focused(timeout=SOON)
    expect(page.get_by_label("Your message")).to_have_value(DRAFT)
    # Nothing goes on trying by itself.
    page.wait_for_timeout(1500)
    assert settled.visitor.server.inbox(settled.name) == []
