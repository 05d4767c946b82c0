"""The main job, end to end: a stranger's message reaches a verified owner's inbox."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Owner, Server, Visit, account_menu, sign_in, sign_up


def test_a_strangers_message_reaches_the_open_dashboard(owner: Owner, visitor: Visit) -> None:
    inbox = owner.dashboard
    expect(inbox.get_by_text("No messages yet")).to_be_visible()

    stranger = visitor(viewport={"width": 390, "height": 844})
    page = stranger.open(f"/u/{owner.name}")
    page.get_by_label("Your message").fill("Thank you for the soup. 🍲")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("Message sent anonymously")).to_be_visible()
    expect(inbox.get_by_role("article")).to_contain_text("Thank you for the soup. 🍲")
    assert stranger.context.cookies() == []
    inbox.reload()
    expect(inbox.get_by_role("article")).to_have_count(1)


def test_closing_the_inbox_is_seen_by_senders_at_once(watching: Owner, visitor: Visit) -> None:
    page = visitor().open(f"/u/{watching.name}")
    box = page.get_by_label("Your message")
    expect(box).to_be_visible()
    switch = watching.dashboard.get_by_role("switch", name="Accept messages")

    switch.click()
    expect(watching.dashboard.get_by_text("Not accepting messages")).to_be_visible()
    expect(page.get_by_text(f"{watching.name} is not accepting messages")).to_be_visible()
    expect(box).to_be_hidden()
    page.reload()
    expect(page.get_by_text(f"{watching.name} is not accepting messages")).to_be_visible()

    switch.click()
    expect(watching.dashboard.get_by_text("Accepting messages", exact=True)).to_be_visible()
    expect(box).to_be_visible()


def test_the_mailed_link_verifies_behind_its_button(
    visitor: Visit, server: Server, name: str
) -> None:
    me = visitor()
    page = me.open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    expect(
        page.get_by_text("User registered successfully. Please verify your email")
    ).to_be_visible()

    opened = me.open(server.link(f"{name}@example.com"))
    assert "#" not in opened.url
    opened.get_by_role("button", name="Verify").click()

    opened.wait_for_url("**/sign-in")
    expect(opened.get_by_text("Account verified successfully")).to_be_visible()
    sign_in(opened, f"{name}@EXAMPLE.com")
    opened.wait_for_url("**/dashboard")


def test_signing_out_ends_every_tab_at_once_and_says_so(watching: Owner) -> None:
    other = watching.visitor.open("/dashboard")
    expect(other.get_by_role("button", name="Refresh")).to_be_visible()

    account_menu(watching.dashboard).get_by_role("button", name="Sign out").click()
    watching.dashboard.wait_for_url(watching.visitor.server.url + "/")

    other.wait_for_url("**/sign-in?next=/dashboard")
    expect(other.get_by_text("You've been signed out")).to_be_visible()
