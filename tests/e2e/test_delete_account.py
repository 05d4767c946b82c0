"""Export everything and delete the account in a real browser, down to the last byte."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.e2e.conftest import (
    PASSWORD,
    Owner,
    Server,
    Visit,
    sign_in,
    unfold_delete_account,
)
from tests.e2e.test_accessibility import violations

SIGN_IN = re.compile(r"/sign-in$")
OWNERS = re.compile(r":\d+/(dashboard|settings)$")
GOODBYE = re.compile(r"Your account will be deleted on .* if you change your mind\.")
PLANNED = "It will be permanently deleted on"
KEPT = "We've kept your account. Your page is open again."
pytestmark = pytest.mark.e2e


def _leave(page: Page, name: str, password: str = PASSWORD) -> None:
    section = unfold_delete_account(page)
    section.get_by_label("Type your username").fill(name)
    section.get_by_label("Current password").fill(password)
    section.get_by_role("button", name="Delete account").click()


def test_everything_is_downloaded_with_the_password_where_it_is_asked_for(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name, "=1+1", "Second")
    me = visitor()
    me.sign_in(name)
    server.sql(f"UPDATE messages SET sent_at = {databases.earlier('sent_at', by=86_400)}")  # noqa: S608
    server.sql("UPDATE sign_ins SET proved_at = '2026-01-01 00:00:00.000000'")
    page = me.open("/settings")
    section = page.get_by_role("region", name="Your data")
    section.get_by_role("button", name="Download everything").click()
    expect(page.get_by_text("Enter your password to continue.")).to_be_visible()
    section.get_by_label("Current password").fill(PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything").click()
    assert download.value.suggested_filename.startswith(f"anonmsg-{name}-")
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as opened:
        assert opened.testzip() is None
        told = json.loads(opened.read("anonmsg.json"))
        table = opened.read("messages.csv").decode("utf-8-sig")
    assert [each["text"] for each in told["messages"]] == ["Second", "=1+1"]
    assert "'=1+1" in table


def _told(page: Page) -> None:
    expect(page.get_by_text(GOODBYE)).to_be_visible(timeout=15000)
    page.wait_for_url(SIGN_IN)


def _leaving(owner: Owner) -> Page:
    """Their tab after they asked for the deletion and signed in again."""
    page = owner.visitor.open("/settings")
    expect(page.get_by_text("This browser", exact=True)).to_be_visible(timeout=15000)
    _leave(page, owner.name)
    _told(page)
    sign_in(page, owner.name)
    page.wait_for_url("**/leaving", timeout=15000)
    return page


@pytest.mark.parametrize("attempt", range(3))
def test_the_goodbye_is_told_in_every_tab(
    settled: Owner, visitor: Visit, server: Server, attempt: int
) -> None:
    inbox = settled.visitor.open("/dashboard")
    elsewhere = visitor()
    elsewhere.sign_in(settled.name)
    phone = elsewhere.open("/settings")
    page = settled.visitor.open("/settings")
    for each in (phone, page):
        expect(each.get_by_text("This browser", exact=True)).to_be_visible(timeout=15000)
    expect(inbox.get_by_text("No messages yet")).to_be_visible(timeout=15000)
    _leave(page, settled.name)
    for each in (page, inbox, phone):
        _told(each)
    # It isn't a flash: it stays, and a reload shows it again.
    page.wait_for_timeout(500 + 300 * attempt)
    _told(page)
    page.reload()
    _told(page)
    assert "will be deleted" in server.mail(settled.email)


def test_a_refused_deletion_says_why_and_a_done_one_closes_the_page(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = settled.visitor.open("/settings")
    expect(page.get_by_text("This browser", exact=True)).to_be_visible(timeout=15000)
    _leave(page, "somebody_else")
    expect(page.get_by_text("Type your username to confirm.")).to_be_visible()
    _leave(page, settled.name, "not the password")
    expect(page.get_by_text("Incorrect password")).to_be_visible()
    _leave(page, settled.name)
    _told(page)
    assert visitor().context.request.get(f"{server.url}/u/{settled.name}").status == 404


def test_signing_in_again_asks_and_looking_undoes_nothing(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = _leaving(settled)
    request = visitor().context.request
    for path in ("/dashboard", "/settings", "/sign-in", "/sign-up", "/leaving"):
        page.goto(server.url + path)
        page.wait_for_url("**/leaving", timeout=15000)
        expect(page.get_by_role("heading", name="Keep your account?")).to_be_visible()
        expect(page.get_by_text(PLANNED).first).to_be_visible(timeout=15000)
    assert request.get(f"{server.url}/u/{settled.name}").status == 404
    other = settled.visitor.open("/dashboard")
    other.wait_for_url("**/leaving", timeout=15000)
    # A tab that opens only once the account is kept has nothing to be told.
    expect(other.get_by_text(PLANNED).first).to_be_visible(timeout=15000)

    page.get_by_role("button", name="Keep my account").click()
    page.wait_for_url(OWNERS, timeout=15000)
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=15000)
    # The other tab moves on, and says why, too.
    other.wait_for_url(OWNERS, timeout=15000)
    expect(other.get_by_text(KEPT)).to_be_visible(timeout=15000)
    assert request.get(f"{server.url}/u/{settled.name}").status == 200
    assert "chose to keep your account" in server.mail(settled.email, after=1)


def test_leaving_as_planned_signs_out_and_tells_the_date_again(
    settled: Owner, server: Server
) -> None:
    page = _leaving(settled)
    other = settled.visitor.open("/leaving")
    expect(other.get_by_text(PLANNED).first).to_be_visible(timeout=15000)
    page.get_by_role("button", name="Delete it as planned").click()
    for each in (page, other):
        _told(each)
    page.goto(f"{server.url}/dashboard")
    page.wait_for_url("**/sign-in?next=/dashboard")


@pytest.mark.parametrize(
    ("button", "told"), [("Keep my account", KEPT), ("Delete it as planned", GOODBYE)]
)
def test_without_scripts_both_buttons_work(
    settled: Owner, visitor: Visit, server: Server, button: str, told: str
) -> None:
    page = settled.visitor.open("/settings")
    expect(page.get_by_text("This browser", exact=True)).to_be_visible(timeout=15000)
    _leave(page, settled.name)
    _told(page)
    plain = visitor(java_script_enabled=False)
    page = plain.open("/sign-in")
    sign_in(page, settled.name)
    page.wait_for_url("**/leaving", timeout=15000)
    expect(page.get_by_text(PLANNED).first).to_be_visible()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text(told)).to_be_visible()
    is_kept = button.startswith("Keep")
    page.goto(f"{server.url}/dashboard")
    page.wait_for_url("**/dashboard" if is_kept else "**/sign-in?next=/dashboard")
    status = plain.context.request.get(f"{server.url}/u/{settled.name}").status
    assert status == (200 if is_kept else 404)


def test_the_question_is_accessible_and_answered_with_the_keyboard(settled: Owner) -> None:
    page = _leaving(settled)
    expect(page.get_by_text(PLANNED).first).to_be_visible(timeout=15000)
    # Mid-transition colours would have a different contrast.
    page.emulate_media(reduced_motion="reduce")
    assert violations(page) == []
    keep = page.get_by_role("button", name="Keep my account")
    keep.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(OWNERS, timeout=15000)
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=15000)
