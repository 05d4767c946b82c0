"""No trace of a sender in the data folder, in the log or in anything the owner receives."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Response, expect

from tests import databases
from tests.e2e.conftest import ROOT, Server, Visit

PLANTED = {
    "user_agent": "Mozilla/5.0 (planted-device) Chrome/140",
    "locale": "mi-NZ",
    "extra_http_headers": {
        "X-Forwarded-For": "203.0.113.77",
        "Forwarded": "for=198.51.100.23;host=planted-host",
        "X-Real-IP": "203.0.113.78",
        "CF-Connecting-IP": "2001:db8:dead:beef::1",
        "X-Device-Id": "planted-header",
    },
}
# The files of the database; a server's are called by one name here.
SERVER = "PostgreSQL"
FILES = {"anonmsg.db", "anonmsg.db-wal", "anonmsg.db-shm"}
DATABASE = {SERVER} if databases.ON_POSTGRESQL else FILES
REFERRER = "http://planted-referrer.example/a-page"
MARKERS = [
    "planted",
    "203.0.113.7",
    "198.51.100.23",
    "2001:db8:dead",
    "mi-NZ",
    "Chrome/1",
    "HeadlessChrome",
]


@dataclass
class Owned:
    """Everything an owner's browser receives: frames, headers and response bodies."""

    heard: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda f: self.heard.append(str(f))),
        )
        page.on("response", lambda answer: self.answers.append(answer))  # noqa: PLW0108

    def everything(self) -> str:
        for answer in self.answers:
            self.heard.append(str(answer.all_headers()))
            if not 300 <= answer.status < 400:
                self.heard.append(answer.body().decode("utf-8", "replace"))
        self.answers.clear()
        return "\n".join(self.heard)


def places_of(words: str, server: Server) -> set[str]:
    """The files that contain some words: the data folder, the log and Reflex's states."""
    folders = [server.data.parent, ROOT / ".states"]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    kept = {file.name: _content(file) for file in files}
    if databases.ON_POSTGRESQL:
        kept[SERVER] = databases.at_rest(server.data).lower()
    assert kept.keys() >= DATABASE | {server.log.name}
    sought = [words.lower().encode(), words.lower().encode("utf-16-le")]
    return {name for name, content in kept.items() if any(each in content for each in sought)}


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes().lower()
    except FileNotFoundError:
        return b""


def planted(visitor: Visit, server: Server, **options: object) -> BrowserContext:
    context: BrowserContext = visitor(**PLANTED, **options).context
    cookies = {
        "track": "planted-cookie",
        "access": "planted.access",
        "connection": "planted-connection",
    }
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    return context


def test_nothing_about_a_sender_is_left_anywhere(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    me, owned = visitor(), Owned()
    me.sign_in(name)
    inbox = me.context.new_page()
    owned.watch(inbox)
    inbox.goto(f"{server.url}/dashboard")
    expect(inbox.get_by_text("No messages yet")).to_be_visible()

    texts = {"event": f"by event {name}", "post": f"by post {name}"}
    sent: list[dict[str, str]] = []
    for way, text in texts.items():
        context = planted(visitor, server, java_script_enabled=way == "event")
        page = context.new_page()
        page.on("request", lambda request: sent.append(request.all_headers()))
        page.goto(f"{server.url}/u/{name}", referer=REFERRER)
        box = page.get_by_label("Your message")
        # Include a refusal and a second visit: those are what tends to get logged.
        box.fill("\u2800")
        page.get_by_role("button", name="Send", exact=True).click()
        if way == "event":
            expect(page.locator("#message-refusal")).not_to_be_empty()
        else:
            expect(page.get_by_role("heading", name="Not sent")).to_be_visible()
        box.fill(text)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("Message sent anonymously")).to_be_visible()
        page.goto(f"{server.url}/u/nobody-{way}", referer=REFERRER)
        expect(inbox.get_by_role("article").filter(has_text=text)).to_be_visible()
    # A browser discards a page's responses when it leaves the page.
    owned.everything()
    inbox.reload()
    expect(inbox.get_by_role("article")).to_have_count(2)

    # Check that the browser did send all this, and that the search can find things.
    told = str(sent)
    for marker in ("planted-device", "planted-header", "planted-cookie", "203.0.113.77"):
        assert marker in told
    assert "planted-referrer" in told
    everything = owned.everything()
    found = places_of(f"{name}@example.com", server)
    assert found
    assert found <= DATABASE
    # A message is sealed wherever it's kept.
    for text in texts.values():
        assert places_of(text, server) == set()
        assert text in everything

    for marker in MARKERS:
        assert places_of(marker, server) == set(), marker
        assert marker.lower() not in everything.lower(), marker


def test_no_address_of_a_client_is_written_down(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    me, owned = visitor(), Owned()
    me.sign_in(name)
    inbox = me.context.new_page()
    owned.watch(inbox)
    inbox.goto(f"{server.url}/dashboard")
    expect(inbox.get_by_text("No messages yet")).to_be_visible()
    # Use the hostname, so that any IP address in the log or a state is a client's.
    page = visitor().open(f"/u/{name}")
    page.get_by_label("Your message").fill(f"hello {name}")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(inbox.get_by_role("article")).to_have_count(1)
    for address in ("127.0.0.1", "::1", "::ffff:"):
        found = places_of(address, server)
        assert found <= {server.log.name}
        assert other_lines_with(address, server) == []
    assert "127.0.0.1" not in owned.everything()


def other_lines_with(address: str, server: Server) -> list[str]:
    """The lines of the log that mention an address which isn't the one the app listens on."""
    lines = [line for line in server.log.read_text().splitlines() if address in line]
    ours = (f"http://{address}:{server.port}", f"starting on {address}, port {server.port}")
    return [line for line in lines if not any(each in line for each in ours)]
