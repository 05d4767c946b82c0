"""Starting the app: for the first time in an empty folder, badly, and after a crash."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.e2e.conftest import Server, StartOwn, Visit, sign_up
from tests.ports import free_port
from tests.resend_stand_in import ResendStandIn

WITHIN = 15.0
NOT_THE_PEPPER = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2


@pytest.fixture(scope="module")
def resend() -> Iterator[ResendStandIn]:
    with ResendStandIn() as made:
        yield made


@pytest.fixture(scope="module")
def by_resend(own_server: StartOwn, resend: ResendStandIn) -> Server:
    return own_server(**settings_of(resend))


@pytest.fixture(scope="module")
def fresh(own_server: StartOwn) -> Server:
    return own_server(builds=True)


def settings_of(resend: ResendStandIn) -> dict[str, str]:
    return {
        "MAIL_TRANSPORT": "resend",
        "MAIL_FROM": "anonmsg <hello@anonmsg.example>",
        "RESEND_API_KEY": resend.api_key,
        "RESEND_API_URL": resend.url,
    }


def until(holds: Callable[[], object], what: str) -> None:
    """Wait for something outside the browser."""
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def begin(visitor: Visit, name: str) -> Page:
    page = visitor().open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    return page


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_a_first_start_makes_what_it_needs_for_its_owner_alone(
    fresh: Server, visitor: Visit, name: str
) -> None:
    begin(visitor, name)
    mail = fresh.mail(f"{name}@example.com")
    assert name in mail

    assert mode(fresh.data) == mode(fresh.data / "outbox") == "0o700"
    kept = ["secrets.env", *([] if databases.ON_POSTGRESQL else ["anonmsg.db"])]
    assert {file: mode(fresh.data / file) for file in kept} == dict.fromkeys(kept, "0o600")
    mails = list((fresh.data / "outbox").iterdir())
    assert [mode(file) for file in mails] == ["0o600"]
    secrets = dict(
        line.split("=", 1) for line in (fresh.data / "secrets.env").read_text().splitlines()
    )
    assert set(secrets) == {"ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "PEPPER"}
    assert len(set(secrets.values())) == 3

    until(lambda: str(mails[0]) in fresh.log.read_text(), "the log does not say where the mail is")
    log = fresh.log.read_text()
    assert name not in log
    assert not [value for value in secrets.values() if value in log]
    assert not re.search(r"\b\d{6}\b", log.replace(str(mails[0]), ""))


def test_one_build_is_served_on_any_port(
    server: Server, visitor: Visit, name: str, tmp_path: Path
) -> None:
    elsewhere = Server(tmp_path / "data", free_port(), web=server.web, is_built=True)
    try:
        elsewhere.start()
        page = visitor().open(f"{elsewhere.url}/sign-up")
        # Only a socket to the server's own port can answer that.
        page.get_by_label("Username").fill(name)
        expect(page.get_by_text("Username is available")).to_be_visible()
        page.goto(f"http://127.0.0.1:{elsewhere.port}/sign-up")
        page.get_by_label("Username").fill(name)
        expect(page.get_by_text("Username is available")).to_be_visible()
        picture = page.locator('meta[property="og:image"]').first
        expect(picture).to_have_attribute("content", f"{elsewhere.url}/preview.png")
    finally:
        elsewhere.stop()


def test_another_pepper_stops_the_start_once_there_are_people(fresh: Server, name: str) -> None:
    fresh.settle(name)
    fresh.stop()
    wrong = Server(fresh.data, fresh.port, {"PEPPER": NOT_THE_PEPPER}, fresh.web)
    try:
        with pytest.raises(AssertionError, match="PEPPER is not the one that the people"):
            wrong.start()
        assert wrong.process is not None
        assert wrong.process.poll() not in {None, 0}
    finally:
        wrong.stop()
    assert NOT_THE_PEPPER not in wrong.log.read_text()


def test_a_mail_that_is_refused_is_told_and_sent_later(
    by_resend: Server, visitor: Visit, resend: ResendStandIn, name: str
) -> None:
    resend.behave("500")
    page = begin(visitor, name)
    expect(page.get_by_text("We couldn't deliver the email yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Resend code")).to_be_visible()
    assert resend.sent == []

    resend.behave("ok")
    until(lambda: resend.sent, "the mail was not tried again")
    assert len(resend.sent) == len(resend._taken) == 1
    assert resend.sent[0]["to"] == [f"{name}@example.com"]
    code = re.search(r"^\s*(\d{6})\s*$", resend.sent[0]["text"], re.MULTILINE)
    assert code is not None
    page.get_by_label("Verification code").fill(code[1])
    page.wait_for_url("**/sign-in")


def test_a_mail_outlives_the_kill_of_the_server_and_is_sent_once(
    own_server: StartOwn, by_resend: Server, visitor: Visit, resend: ResendStandIn, name: str
) -> None:
    sent, asked = len(resend.sent), resend.requests
    resend.behave("hang")
    begin(visitor, name)
    until(lambda: resend.requests > asked, "the mail was not handed over")
    by_resend.stop(signal.SIGKILL)
    resend.behave("ok")
    assert len(resend.sent) == sent
    # The killed process had a minute to deliver the email; make that minute be over.
    overdue = "UPDATE mails SET due_at = created_at WHERE sealed IS NOT NULL RETURNING id"
    assert len(by_resend.sql(overdue)) == 1

    own_server(data=by_resend.data, **settings_of(resend))
    until(lambda: len(resend.sent) > sent, "the mail was lost")
    assert resend.sent[-1]["to"] == [f"{name}@example.com"]
    assert len(resend.sent) == len(resend._taken) == sent + 1
