"""The built app in production mode, and a real browser to use it with."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_WITHIN = 180.0
MAIL_WITHIN = 10.0
PASSWORD = "correct horse battery staple"
# A refused sign-in and a lost page are refused by their status, and Chromium
# says every such status on its console.
STATUS_NOTE = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass
class Server:
    """The app as people run it, on a port and a data folder of its own."""

    data: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        command = [Path(sys.executable).parent / "reflex", "run", "--env", "prod"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*map(str, command), "--frontend-port", str(self.port)],
                cwd=ROOT,
                env=os.environ | {"DATA_DIR": str(self.data)} | self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(self.log.read_text())
            time.sleep(0.1)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        os.killpg(self.process.pid, with_signal)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def mails(self, to: str) -> list[str]:
        """The text of every mail to an address, the oldest first."""
        found = []
        for file in sorted((self.data / "outbox").glob("*.eml")):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            if to in str(mail["To"]) and body is not None:
                found.append(body.get_content())
        return found

    def mail(self, to: str, *, after: int = 0) -> str:
        """The newest mail to an address, once more than `after` have come."""
        deadline = time.monotonic() + MAIL_WITHIN
        while len(found := self.mails(to)) <= after:
            assert time.monotonic() < deadline, f"no mail number {after + 1} came"
            time.sleep(0.05)
        return found[-1]

    def code(self, to: str, *, after: int = 0) -> str:
        """The code in the newest mail."""
        found = re.search(r"^\s*(\d{6})\s*$", self.mail(to, after=after), re.MULTILINE)
        assert found is not None
        return found[1]

    def link(self, to: str, *, after: int = 0) -> str:
        """The link in the newest mail."""
        found = re.search(r"https?://\S+/verify#\S+", self.mail(to, after=after))
        assert found is not None
        return found[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # The limits have tests of their own; a whole test run is one busy network.
    limits = {"LIMITS_FACTOR": "50"}
    made = Server(tmp_path_factory.mktemp("app") / "data", free_port(), limits)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody with a browser of their own: nothing is shared with others."""

    context: BrowserContext
    server: Server
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """Open a page in a new tab."""
        page = self.context.new_page()
        page.on("console", lambda m: self._hear(m.type, m.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path if path.startswith("http") else self.server.url + path)
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not STATUS_NOTE.match(text):
            self.complaints.append(text)


Visit = Callable[..., Visitor]


@pytest.fixture
def visitor(chromium: Browser, server: Server) -> Iterator[Visit]:
    """Makes visitors; at the end, none of their consoles may have complained."""
    made: list[Visitor] = []

    def make(**options: object) -> Visitor:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        made.append(Visitor(chromium.new_context(**options), server))
        made[-1].context.set_default_timeout(8000)
        return made[-1]

    yield make
    complaints = [complaint for each in made for complaint in each.complaints]
    for each in made:
        each.context.close()
    assert complaints == []


@pytest.fixture
def name() -> str:
    """A username that nobody had before."""
    return "n" + os.urandom(6).hex()


@dataclass
class Owner:
    """A person with an account, signed in."""

    name: str
    visitor: Visitor
    dashboard: Page

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


def sign_up(page: Page, name: str, *, email: str = "", password: str = PASSWORD) -> None:
    """Fill the sign-up form and send it."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Email").fill(email or f"{name}@example.com")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign up").click()


def sign_in(page: Page, identifier: str, password: str = PASSWORD) -> None:
    """Fill the sign-in form and send it."""
    page.get_by_label("Email or username").fill(identifier)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def owner(visitor: Visit, server: Server, name: str) -> Owner:
    """Somebody who signed up, verified and signed in, all by the pages."""
    me = visitor()
    page = me.open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    page.get_by_label("Verification code").fill(server.code(f"{name}@example.com"))
    page.get_by_role("button", name="Verify").click()
    page.wait_for_url("**/sign-in")
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    return Owner(name, me, page)
