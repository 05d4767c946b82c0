"""The built app in production mode, and a real browser to use it with."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from anonmsg.config import load
from anonmsg.database.engine import Database
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from bench import inboxes
from tests import databases, factories
from tests.e2e import one_build
from tests.fakes import FakeMailer
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
# Debian's headless Chromium: a page costs a fifth of what the full browser needs.
BROWSER = "/usr/bin/chromium-headless-shell"
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
# Five seconds are short where three browsers and the other tests share two cores.
expect.set_options(timeout=10_000)
# Chromium logs every 4xx response to the console, such as a refused sign-in
# or a page that doesn't exist.
STATUS_NOTE = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass
class Server:
    """The app as people run it, on its own port and data folder."""

    data: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    # Where Reflex builds the pages.
    web: Path = ROOT / ".web"
    # Whether the pages lie there already.
    is_built: bool = False
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.with_suffix(".log")

    def start(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        command, env = self._from_build() if self.is_built else self._as_people_do()
        env |= {"DATA_DIR": str(self.data), "REFLEX_WEB_WORKDIR": str(self.web)}
        env |= databases.env(self.data)
        # Tests choose the network that they come from (`network`).
        env |= {"TRUSTED_PROXY_HOPS": "1"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).parent / command[0]), *command[1:]],
                cwd=ROOT,
                env=os.environ | env | self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(self.log.read_text())
            time.sleep(0.1)
        self.is_built = True

    def _as_people_do(self) -> tuple[list[str], dict[str, str]]:
        """Build the pages and serve them, as the README says."""
        return ["reflex", "run", "--env", "prod", "--frontend-port", str(self.port)], {}

    def _from_build(self) -> tuple[list[str], dict[str, str]]:
        """Serve what is built already, as the README advises, in a quarter of the time."""
        return ["python", "-m", "anonmsg", "serve", "--port", str(self.port)], {}

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        # The process may have exited on its own, after a refused start.
        with contextlib.suppress(ProcessLookupError):
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

    def settle(self, name: str, *messages: str, accepts: bool = True) -> None:
        """Insert a verified person directly into the database, without going through the pages."""
        settings = load(data_dir=self.data, database_url=databases.url(self.data))
        database, keyring = Database(settings.database), Keyring.of(settings, cost=4)
        runtime = Runtime(settings, database, FakeMailer(), keyring, RateLimits())
        with runtime.context() as ctx:
            owner = factories.person(ctx, name, password=PASSWORD, accepts=accepts)
            factories.messages(ctx, owner, *messages)
        runtime.close()

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Query the running server's database, or backdate its rows."""
        return databases.query(self.data, statement, *values)

    def inbox(self, name: str) -> list[str]:
        """Every message a person has received, oldest first."""
        return inboxes.texts(self.data, name, database_url=databases.url(self.data))

    def age(self, email: str, *, code_by: int) -> None:
        """Make a sign-up's code older by some seconds."""
        for column in ("code_mailed_at", "code_made_at"):
            then = databases.earlier(column, by=code_by)
            self.sql(f"UPDATE sign_ups SET {column} = {then} WHERE email = ?", email)  # noqa: S608

    def mails(self, to: str) -> list[str]:
        """The text of every email to an address, oldest first."""
        found = []
        for file in sorted((self.data / "outbox").glob("*.eml")):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            if to in str(mail["To"]) and body is not None:
                found.append(body.get_content())
        return found

    def mail(self, to: str, *, after: int = 0) -> str:
        """The newest email to an address, once more than `after` have arrived."""
        deadline = time.monotonic() + MAIL_WITHIN
        while len(found := self.mails(to)) <= after:
            assert time.monotonic() < deadline, f"no mail number {after + 1} came"
            time.sleep(0.05)
        return found[-1]

    def code(self, to: str, *, after: int = 0) -> str:
        """The code in the newest email."""
        found = re.search(r"^\s*(\d{6})\s*$", self.mail(to, after=after), re.MULTILINE)
        assert found is not None
        return found[1]

    def link(self, to: str, *, after: int = 0) -> str:
        """The link in the newest email."""
        found = re.search(r"https?://\S+/[\w-]+#\S+", self.mail(to, after=after))
        assert found is not None
        return found[0]


def account_menu(page: Page) -> Locator:
    """Open the account menu in the header, and return the header."""
    header = page.get_by_role("banner")
    header.get_by_role("button", name="Account menu").click()
    return header


def unfold_delete_account(page: Page) -> Locator:
    """Unfold the form that deletes the account, and return its section."""
    section = page.get_by_role("region", name="Delete account")
    if section.get_by_label("Type your username").is_hidden():
        section.get_by_text("Delete this account…").click()
    return section


StartOwn = Callable[..., Server]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    # Rate limits have their own tests; here, a whole module shares one network.
    limits = {"LIMITS_FACTOR": "50"}
    web = ROOT / "test-artifacts" / f"web-{worker_id}"
    made = Server(tmp_path_factory.mktemp("app") / "data", free_port(), limits, web)
    mine = tmp_path_factory.getbasetemp()
    run = mine if worker_id == "master" else mine.parent
    one_build.share(run / "built-pages", web, made.start)
    if made.process is None:
        made.is_built = True
        made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module", autouse=True)
def network() -> str:
    """The address that the server sees in a module, so that each has all its tries.

    LIMITS_FACTOR doesn't raise the limits that guard a secret.
    """
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


@pytest.fixture(scope="module")
def own_server(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartOwn]:
    """Start servers with their own data, one at a time.

    They take over the shared server's port while it's stopped, so that tabs and
    addresses stay good.
    """
    server.stop()
    made: list[Server] = []

    def start(*, data: Path | None = None, builds: bool = False, **env: str) -> Server:
        for each in made:
            each.stop()
        data = data or tmp_path_factory.mktemp("own") / "data"
        made.append(Server(data, server.port, env, server.web, is_built=not builds))
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        each.stop()
    server.start()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Someone with their own browser, sharing nothing with others."""

    context: BrowserContext
    server: Server
    complaints: list[str] = field(default_factory=list)
    # Console messages this test expects, such as when it cuts the network.
    bears: re.Pattern[str] = STATUS_NOTE

    def open(self, path: str = "/") -> Page:
        """Open a page in a new tab."""
        page = self.context.new_page()
        page.on("console", lambda m: self.hear(m.type, m.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path if path.startswith("http") else self.server.url + path)
        return page

    def sign_in(self, name: str) -> None:
        """Sign in over HTTP, without going through the page."""
        answer = self.context.request.post(
            f"{self.server.url}/sign-in",
            form={"identifier": name, "password": PASSWORD},
            headers={"Sec-Fetch-Site": "same-origin"},
            max_redirects=0,
        )
        assert answer.status == 303

    def hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not self.bears.match(text):
            self.complaints.append(text)


Visit = Callable[..., Visitor]


@pytest.fixture
def visitor(chromium: Browser, server: Server, network: str) -> Iterator[Visit]:
    """Create visitors; at the end, check that none of their consoles logged a complaint."""
    made: list[Visitor] = []

    def make(**options: object) -> Visitor:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        # Drawing what moves would take a tenth of the processor.
        options.setdefault("reduced_motion", "reduce")
        options.setdefault("extra_http_headers", {"X-Forwarded-For": network})
        made.append(Visitor(chromium.new_context(**options), server))
        made[-1].context.set_default_timeout(20_000)
        return made[-1]

    yield make
    complaints = [complaint for each in made for complaint in each.complaints]
    for each in made:
        each.context.close()
    assert complaints == []


@pytest.fixture
def name() -> str:
    """A username nobody has used before."""
    return "n" + secrets.token_hex(6)


@dataclass
class Owner:
    """A person with an account, signed in."""

    name: str
    visitor: Visitor

    @cached_property
    def dashboard(self) -> Page:
        """Their dashboard, in a tab that's opened only once."""
        return self.visitor.open("/dashboard")

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


def sign_up(page: Page, name: str, *, email: str = "", password: str = PASSWORD) -> None:
    """Fill in the sign-up form and submit it."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Email").fill(email or f"{name}@example.com")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign up").click()


def sign_in(page: Page, identifier: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and submit it."""
    page.get_by_label("Email or username").fill(identifier)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def settled(visitor: Visit, server: Server, name: str) -> Owner:
    """Someone with a page who is signed in, set up without going through the pages."""
    server.settle(name)
    me = visitor()
    me.sign_in(name)
    return Owner(name, me)


@pytest.fixture
def watching(settled: Owner) -> Owner:
    """The same, with their dashboard already open."""
    assert settled.dashboard
    return settled


@pytest.fixture
def owner(visitor: Visit, server: Server, name: str) -> Owner:
    """Someone who signed up, verified and signed in through the pages."""
    me = visitor()
    page = me.open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    # It's sent at its sixth digit; the button may be gone before it's pressed.
    page.get_by_label("Verification code").fill(server.code(f"{name}@example.com"))
    page.wait_for_url("**/sign-in")
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    made = Owner(name, me)
    made.dashboard = page
    return made
