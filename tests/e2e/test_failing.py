"""The served app while its database, its mail server or its visitors fail."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD, Server, StartOwn, Visit
from tests.smtp_stand_in import SmtpStandIn

WAIT = 20_000
SORRY = re.compile(r"Something went wrong on our end\. Try again\. \([0-9a-f]{8}\)")
BEARS = re.compile("Failed to load resource|WebSocket|.*websocket|.*Cannot connect")
ORIGIN = {"sec-fetch-site": "same-origin"}


def since(server: Server, before: int) -> str:
    """What the server has logged since then."""
    return server.log.read_text()[before:]


@pytest.fixture
def served(own_server: StartOwn) -> Server:
    return own_server(LIMITS_FACTOR="50")


@pytest.fixture
def smtp() -> Iterator[SmtpStandIn]:
    running = SmtpStandIn()
    # This thread's event loop is Playwright's.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(running.__enter__).result()
    yield running
    running.__exit__()


def test_a_tab_says_so_once_and_comes_back_by_itself(served: Server, visitor: Visit) -> None:
    owner = "f" + secrets.token_hex(6)
    served.settle(owner, "From before")
    me = visitor()
    me.bears = BEARS
    me.sign_in(owner)
    page = me.open("/dashboard")
    expect(page.get_by_role("article")).to_have_count(1, timeout=WAIT)
    # The page marks it as read by itself, which would fail as well.
    expect(page.locator(".unread-dot")).to_have_count(0, timeout=WAIT)
    before = len(served.log.read_text())
    served.sql("ALTER TABLE sign_ins RENAME TO gone")
    # The tab is told to look again, and can't.
    form = {"message": "From a stranger"}
    answer = requests.post(f"{served.url}/u/{owner}", data=form, headers=ORIGIN, timeout=30)
    assert answer.status_code == 200
    expect(page.get_by_text(SORRY)).to_be_visible(timeout=WAIT)
    time.sleep(3)
    [line] = since(served, before).splitlines()
    assert "Incident" in line
    served.sql("ALTER TABLE gone RENAME TO sign_ins")
    expect(page.get_by_role("article")).to_have_count(2, timeout=WAIT)
    expect(page.get_by_text(SORRY)).to_have_count(0)


def test_a_message_is_kept_in_its_form_while_nothing_can_be_stored(served: Server) -> None:
    owner = "f" + secrets.token_hex(6)
    served.settle(owner)
    before = len(served.log.read_text())
    served.sql("ALTER TABLE messages RENAME TO gone")
    form = {"message": "Kept for me", "key": secrets.token_hex(16)}
    answer = requests.post(f"{served.url}/u/{owner}", data=form, headers=ORIGIN, timeout=30)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Kept for me</textarea>" in answer.text
    assert SORRY.search(answer.text)
    [line] = since(served, before).splitlines()
    assert "Kept for me" not in line
    served.sql("ALTER TABLE gone RENAME TO messages")
    answer = requests.post(f"{served.url}/u/{owner}", data=form, headers=ORIGIN, timeout=30)
    assert answer.status_code == 200
    assert served.inbox(owner) == ["Kept for me"]


def test_senders_who_break_off_are_in_no_log(served: Server) -> None:
    owner = "f" + secrets.token_hex(6)
    served.settle(owner)
    before = len(served.log.read_text())
    for path in (f"/u/{owner}", "/sign-in", "/sign-up", "/export", "/leaving"):
        with socket.create_connection(("127.0.0.1", served.port)) as sender:
            sender.sendall(
                f"POST {path} HTTP/1.1\r\nHost: localhost:{served.port}\r\n"
                "Sec-Fetch-Site: same-origin\r\nContent-Length: 1000\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\nmessage=half".encode()
            )
            time.sleep(0.3)
    time.sleep(1)
    assert since(served, before) == ""


def test_a_server_ends_while_a_mail_server_dawdles(own_server: StartOwn, smtp: SmtpStandIn) -> None:
    smtp.answers = {"RCPT": "trickle"}
    server = own_server(
        MAIL_TRANSPORT="smtp",
        SMTP_URL=f"smtp://127.0.0.1:{smtp.port}",
        MAIL_FROM="anonmsg <no-reply@anonmsg.example>",
    )
    name = "f" + secrets.token_hex(6)
    form = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
    answer = requests.post(
        f"{server.url}/sign-up", data=form, headers=ORIGIN, timeout=30, allow_redirects=False
    )
    assert answer.status_code == 303
    deadline = time.monotonic() + 10
    while not smtp.encrypted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert smtp.encrypted == [False]
    assert server.process is not None
    os.killpg(server.process.pid, signal.SIGTERM)
    server.process.wait(15)
    assert "Traceback" not in server.log.read_text()
    server.process = None


@pytest.mark.sqlite_only
def test_a_server_whose_database_is_replaced_says_so_and_stops(own_server: StartOwn) -> None:
    server = own_server()
    assert server.process is not None
    file = server.data / "anonmsg.db"
    file.rename(server.data / "moved.db")
    assert server.process.wait(30) != 0
    said = server.log.read_text()
    assert f"The database file {file} was removed or replaced" in said
    assert "Traceback" not in said
    server.process = None
