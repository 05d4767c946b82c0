"""Forgot password: from asking for a link to signing in with the new password."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit, sign_in

NEW = "moss kettle violin zebra"
ASKED = "If there's an account for that address, we've sent a link. It works for 30 minutes."


def forget(page: Page, email: str) -> None:
    """Ask for a link and read the response."""
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send reset link").click()
    expect(page.get_by_text(ASKED)).to_be_visible()


def reset(page: Page, password: str = NEW) -> None:
    """Enter a new password and submit it."""
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Reset password").click()


def test_a_forgotten_password_is_replaced_and_every_browser_is_out(
    watching: Owner, visitor: Visit, server: Server
) -> None:
    page = visitor().open("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.wait_for_url("**/forgot-password")
    forget(page, watching.email.upper())

    link = server.link(watching.email)
    page.goto(link)
    assert link.partition("#")[2]
    assert "#" not in page.url
    reset(page, "password1")
    expect(page.get_by_text("That password is easy to guess.")).to_be_visible()
    reset(page)
    page.wait_for_url("**/sign-in")
    expect(page.get_by_text("Your password is changed. Sign in to continue.")).to_be_visible()

    watching.dashboard.reload()
    watching.dashboard.wait_for_url("**/sign-in?next=/dashboard")
    sign_in(page, watching.name, PASSWORD)
    expect(page.get_by_text("Incorrect password")).to_be_visible()
    sign_in(page, watching.name, NEW)
    page.wait_for_url("**/dashboard")
    assert "your password was just changed" in server.mail(watching.email, after=1)


def test_a_link_that_was_used_leads_to_another_one(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = visitor().open("/forgot-password")
    forget(page, settled.email)
    link = server.link(settled.email)
    page.goto(link)
    reset(page)
    page.wait_for_url("**/sign-in")

    again = visitor().open(link)
    reset(again, "purple ladder sings quietly")
    expect(again.get_by_text("This link has expired or been used.")).to_be_visible()
    again.get_by_role("link", name="Get a new link").click()
    again.wait_for_url("**/forgot-password")
    sign_in(page, settled.name, NEW)
    page.wait_for_url("**/dashboard")


def test_in_ones_own_signed_in_browser_the_notice_stays(watching: Owner, server: Server) -> None:
    page = watching.visitor.open("/forgot-password")
    forget(page, watching.email)
    opened = watching.visitor.open(server.link(watching.email))
    reset(opened)
    opened.wait_for_url("**/sign-in")
    expect(opened.get_by_text("Your password is changed. Sign in to continue.")).to_be_visible()
    watching.dashboard.wait_for_url("**/sign-in?next=/dashboard")


def test_without_a_link_the_page_says_where_to_get_one(visitor: Visit) -> None:
    page = visitor().open("/reset-password")
    expect(page.get_by_text("Open this page from the link in your email")).to_be_visible()
    expect(page.get_by_role("link", name="Forgot your password?")).to_be_visible()


def test_without_scripts_a_link_is_asked_for_all_the_same(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    page = visitor(java_script_enabled=False).open("/forgot-password")
    forget(page, f"{name}@example.com")
    assert re.search(r"/reset-password#\S+", server.link(f"{name}@example.com"))
    assert "?" not in page.url


def test_the_longest_password_in_another_script_is_taken_and_one_more_character_is_not(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    longest = "🦓🎻🫖🌿🪁🧭🐙🪔" * 32
    assert len(longest) == 256
    page = visitor().open("/forgot-password")
    forget(page, settled.email)
    page.goto(server.link(settled.email))
    reset(page, f"{longest}🦓")
    expect(page.get_by_text("Use at most 256 characters.")).to_be_visible()
    expect(page.get_by_label("New password")).to_have_value(f"{longest}🦓")
    reset(page, longest)
    page.wait_for_url("**/sign-in")
    sign_in(page, settled.name, longest[:-1])
    expect(page.get_by_text("Incorrect password")).to_be_visible()
    sign_in(page, settled.name, longest)
    page.wait_for_url("**/dashboard")

    page.goto(f"{server.url}/settings")
    part = page.get_by_role("region", name="Password", exact=True)
    for new, told in (
        ("字", "Use at least 8 characters."),
        (f"{longest}🦓", "Use at most 256 characters."),
        ("紫色大象喜歡騎腳踏車" * 7 + "和綠茶", "Your password is changed."),
    ):
        part.get_by_label("Current password").fill(longest)
        part.get_by_label("New password").fill(new)
        part.get_by_role("button", name="Change password").click()
        expect(part.get_by_text(told)).to_be_visible()
