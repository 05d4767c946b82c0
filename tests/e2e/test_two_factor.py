"""Two-factor sign-in in a browser: set up, used with and without scripts, turned off."""

from __future__ import annotations

from pathlib import Path

import pyotp
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit, sign_in

HEADING = "Two-factor sign-in"


def section(owner: Owner) -> Locator:
    """The section of a freshly opened settings page."""
    return owner.visitor.open("/settings").get_by_role("region", name=HEADING)


def set_up(part: Locator) -> pyotp.TOTP:
    """Press the button and let an authenticator app read the key."""
    part.get_by_role("button", name="Set up").click()
    expect(part.get_by_label("Code from the app")).to_be_focused()
    return pyotp.TOTP(part.get_by_label("Key", exact=True).input_value().replace(" ", ""))


def turn_on(part: Locator) -> tuple[pyotp.TOTP, list[str]]:
    """Set it up and turn it on; return the app and the recovery codes."""
    app = set_up(part)
    part.get_by_label("Code from the app").fill(app.now())
    part.get_by_role("button", name="Turn on").click()
    shown = part.get_by_label("Recovery codes", exact=True)
    expect(shown).to_be_focused()
    return app, shown.input_value().split()


def test_it_is_set_up_asked_for_and_turned_off(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    part = section(settled)
    app, codes = turn_on(part)
    assert len(codes) == 10
    page = part.page
    with page.expect_download() as download:
        part.get_by_role("link", name="Download codes").click()
    assert Path(download.value.path()).read_text().split() == codes
    part.get_by_role("button", name="Done").click()
    expect(part.get_by_text("Recovery codes left: 10")).to_be_visible()
    page.reload()
    expect(part.get_by_text("Recovery codes left: 10")).to_be_visible()
    assert not any(code in page.content() for code in [*codes, app.secret])
    assert "two-factor sign-in was turned on" in server.mail(settled.email)

    page = visitor(viewport={"width": 390, "height": 844}).open("/sign-in")
    field = page.get_by_label("Authentication code")
    expect(field).to_be_hidden()
    sign_in(page, settled.name)
    expect(field).to_be_focused()
    expect(page.get_by_text("Enter the code from your authenticator app.")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_value(PASSWORD)
    # The code that turned it on is used up, so reset the step to reuse it.
    server.sql("UPDATE people SET totp_step = 0 WHERE username = ?", settled.name)
    field.fill(app.now())
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{server.url}/dashboard")

    part.get_by_label("Current password").fill("not the password")
    part.get_by_role("button", name="Turn off").click()
    expect(part.get_by_text("Incorrect password")).to_be_visible()
    part.get_by_label("Current password").fill(PASSWORD)
    part.get_by_role("button", name="Turn off").click()
    expect(part.get_by_text("Two-factor sign-in is off.")).to_be_visible()
    page = visitor().open("/sign-in")
    sign_in(page, settled.name)
    expect(page).to_have_url(f"{server.url}/dashboard")


def test_a_recovery_code_signs_in_once_without_scripts(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    _app, codes = turn_on(section(settled))
    for refused in (None, "Incorrect code"):
        page = visitor(java_script_enabled=False).open("/sign-in")
        field = page.get_by_label("Authentication code")
        expect(field).to_be_hidden()
        sign_in(page, settled.name)
        expect(field).to_be_visible()
        assert PASSWORD not in page.content()
        field.fill(codes[0])
        page.get_by_role("button", name="Sign in").click()
        if refused:
            expect(page.get_by_text(refused)).to_be_visible()
        else:
            expect(page).to_have_url(f"{server.url}/dashboard")


def test_who_cancels_has_changed_nothing(settled: Owner) -> None:
    part = section(settled)
    set_up(part)
    part.get_by_label("Code from the app").fill("12345")
    part.get_by_role("button", name="Turn on").click()
    expect(part.get_by_text("Incorrect code")).to_be_visible()
    part.get_by_role("button", name="Cancel").click()
    expect(part.get_by_text("Nothing changed.")).to_be_focused()
    expect(part.get_by_role("button", name="Set up")).to_be_visible()
