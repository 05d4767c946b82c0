"""Export everything and delete the account in a real browser, down to the last byte."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit, sign_in

# The final URL depends on which of two pushes arrives first.
SIGN_IN = re.compile(r"/sign-in(\?next=/settings)?$")
OWNERS = re.compile(r":\d+/(dashboard|settings)$")
pytestmark = pytest.mark.e2e


def _leave(page: Page, name: str, password: str = PASSWORD) -> None:
    section = page.get_by_role("region", name="Delete account")
    section.get_by_label("Type your username").fill(name)
    section.get_by_label("Current password").fill(password)
    section.get_by_role("button", name="Delete account").click()


def test_everything_is_downloaded_with_the_password_where_it_is_asked_for(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name, "=1+1", "Second")
    me = visitor()
    me.sign_in(name)
    server.sql("UPDATE messages SET sent_at = datetime(sent_at, '-1 day') || '.000000'")
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


def test_leaving_closes_the_page_and_signing_in_undoes_it(
    settled: Owner, visitor: Visit, server: Server
) -> None:
    page = settled.visitor.open("/settings")
    expect(page.get_by_text("This browser", exact=True)).to_be_visible()
    _leave(page, "somebody_else")
    expect(page.get_by_text("Type your username to confirm.")).to_be_visible()
    _leave(page, settled.name, "not the password")
    expect(page.get_by_text("Incorrect password")).to_be_visible()
    _leave(page, settled.name)
    page.wait_for_url(SIGN_IN)
    expect(page.get_by_text("Your account will be deleted on")).to_be_visible()
    assert "will be deleted" in server.mail(settled.email)
    stranger = visitor()
    assert stranger.context.request.get(f"{server.url}/u/{settled.name}").status == 404

    sign_in(page, settled.name)
    page.wait_for_url(OWNERS)
    assert stranger.context.request.get(f"{server.url}/u/{settled.name}").status == 200
