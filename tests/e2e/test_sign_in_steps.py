"""Signing in step by step, with and without scripts; and a download that asks first."""

from __future__ import annotations

import re
import zipfile

import pyotp
import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit, sign_in

SOON = 15_000
ASKED = "Enter the code from your authenticator app."
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def app(settled: Owner) -> pyotp.TOTP:
    """The authenticator app of somebody whose two-step sign-in is on."""
    part = settled.visitor.open("/settings").get_by_role("region", name="Two-factor sign-in")
    part.get_by_role("button", name="Set up").click()
    expect(part.get_by_label("Code from the app")).to_be_focused(timeout=SOON)
    secret = part.get_by_label("Key", exact=True).input_value().replace(" ", "")
    made = pyotp.TOTP(secret)
    part.get_by_label("Code from the app").fill(made.now())
    part.get_by_role("button", name="Turn on").click()
    expect(part.get_by_label("Recovery codes", exact=True)).to_be_focused(timeout=SOON)
    # The code that turned it on is used up, so reset the step to reuse it.
    settled.visitor.server.sql("UPDATE people SET totp_step = 0 WHERE username = ?", settled.name)
    return made


def looks_like_a_step(page: Page) -> None:
    """It has a heading of its own, the first fields are away, and nothing is an error."""
    expect(page.get_by_role("heading", level=1, name="Two-factor sign-in")).to_be_visible(
        timeout=SOON
    )
    assert page.get_by_role("heading", level=1).count() == 1
    expect(page.get_by_text(ASKED)).to_be_visible()
    expect(page.get_by_label("Authentication code")).to_be_focused()
    for label in ("Email or username", "Password"):
        field = page.get_by_label(label, exact=True)
        assert field.count() == 0 or not field.is_visible()
    assert page.locator("[aria-invalid=true], .field-error:not(:empty)").count() == 0
    assert page.get_by_role("alert").filter(has_text=re.compile(r"\w")).count() == 0


def test_the_second_step_is_a_step_with_a_way_back(
    settled: Owner, app: pyotp.TOTP, visitor: Visit, server: Server
) -> None:
    page = visitor(viewport=PHONE).open("/sign-in?next=/settings")
    sign_in(page, settled.name)
    looks_like_a_step(page)

    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#code-error")).to_have_text(ASKED)
    page.get_by_label("Authentication code").fill("zzzz-zzzz")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible(timeout=SOON)
    expect(page.get_by_label("Authentication code")).to_be_focused()

    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    expect(page.get_by_label("Email or username")).to_be_focused()
    expect(page.get_by_label("Email or username")).to_have_value(settled.name)
    expect(page.get_by_label("Authentication code")).to_be_hidden()
    expect(page.get_by_text("Incorrect code")).to_be_hidden()

    page.get_by_role("button", name="Sign in").click()
    looks_like_a_step(page)
    page.get_by_label("Authentication code").fill(app.now())
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{server.url}/settings", timeout=SOON)


def test_without_scripts_it_is_a_page_of_its_own(
    settled: Owner, app: pyotp.TOTP, visitor: Visit, server: Server
) -> None:
    page = visitor(java_script_enabled=False).open("/sign-in?next=/settings")
    sign_in(page, settled.name)
    looks_like_a_step(page)
    assert PASSWORD not in page.content()

    page.get_by_label("Authentication code").fill("zzzz-zzzz")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Incorrect code")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()

    sign_in(page, settled.name)
    page.get_by_label("Authentication code").fill(app.now())
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{server.url}/settings", timeout=SOON)


def test_an_empty_sign_in_is_told_so_and_asks_nothing_of_the_server(
    settled: Owner, visitor: Visit
) -> None:
    page = visitor().open("/sign-in")
    asked: list[Request] = []
    page.on("request", lambda request: request.method == "POST" and asked.append(request))
    for typed in ("", "   "):
        page.get_by_label("Email or username").fill(typed)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("Enter your email or username.")).to_be_visible()
        expect(page.get_by_label("Email or username")).to_be_focused()
    assert asked == []
    page.get_by_label("Email or username").fill(settled.name)
    expect(page.get_by_text("Enter your email or username.")).to_be_hidden()

    plain = visitor(java_script_enabled=False).open("/sign-in")
    plain.get_by_role("button", name="Sign in").click()
    expect(plain.get_by_text("Enter your email or username.")).to_be_visible()
    expect(plain.get_by_label("Email or username")).to_be_focused()


def test_a_refused_export_stays_on_the_settings_page(settled: Owner, server: Server) -> None:
    page = settled.visitor.open("/settings")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible(timeout=SOON)
    part = page.get_by_role("region", name="Your data")
    field = part.get_by_label("Current password")
    page.get_by_label("About you").fill("Half a sentence")
    field.fill("not the password")
    part.get_by_role("button", name="Download everything").click()
    expect(part.get_by_text("Incorrect password")).to_be_visible(timeout=SOON)
    expect(page).to_have_url(f"{server.url}/settings")
    expect(field).to_be_focused()
    expect(page.get_by_label("About you")).to_have_value("Half a sentence")

    field.fill(PASSWORD)
    expect(part.get_by_text("Incorrect password")).to_be_hidden()
    with page.expect_download(timeout=SOON) as download:
        part.get_by_role("button", name="Download everything").click()
    assert "anonmsg.json" in zipfile.ZipFile(download.value.path()).namelist()
    expect(page).to_have_url(f"{server.url}/settings")
    expect(field).to_have_value("")
    expect(page.get_by_label("About you")).to_have_value("Half a sentence")


def test_without_scripts_a_refused_export_is_titled_for_what_to_do(settled: Owner) -> None:
    owner = settled.visitor
    cookies = owner.context.storage_state()
    browser = owner.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, storage_state=cookies)
    page = plain.new_page()
    page.goto(f"{owner.server.url}/settings")
    part = page.get_by_role("region", name="Your data")
    part.get_by_label("Current password").fill("not the password")
    part.get_by_role("button", name="Download everything").click()
    expect(page.get_by_role("heading", name="Check your password")).to_be_visible()
    expect(page.get_by_label("Current password")).to_be_focused()
    plain.close()
