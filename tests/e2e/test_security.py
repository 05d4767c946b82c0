"""What nobody may do or see, checked in a real browser and from another site's page."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Server, Visit, account_menu, sign_in, sign_up

SOCKET = "_event/?EIO=4&transport=websocket&token=6f1c1e0e-5a30-4d0c-9d52-0d1f4c8a7f11"
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""
FETCH = """([mode, url]) => fetch(url, {mode, method: "POST", credentials: "include",
  body: new URLSearchParams({message: "forged"})}).then(() => "answered", () => "refused")"""
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PAGES = ["/", "/sign-up", "/verify", "/sign-in", "/privacy", "/u/{name}"]
OTHERS = {
    "/dashboard": 303,
    "/lost": 404,
    "/u/nobody-at-all": 404,
    "/privacy/": 308,
    "/sign-out": 405,
    "/app.js": 200,
    "/app.css": 200,
    "/app/page.js": 404,
    "/css/tokens.css": 404,
    "/robots.txt": 200,
    "/favicon.ico": 200,
    "/site.webmanifest": 200,
    "/healthz": 200,
    "/readyz": 200,
    # Asked by this machine itself.
    "/metrics": 200,
}


def get(server: Server, path: str) -> tuple[int, dict[str, str], str]:
    """The status, headers and body of a bare request."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    headers = {key.lower(): value for key, value in answer.getheaders()}
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, headers, body


def policy_of(headers: dict[str, str]) -> dict[str, list[str]]:
    parts = headers["content-security-policy"].split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def test_every_answer_carries_the_headers(server: Server, name: str) -> None:
    server.settle(name)
    _, _, home = get(server, "/")
    asset = re.search(r"/assets/[^\"]+\.js", home)
    assert asset is not None
    answers = dict.fromkeys(PAGES, 200) | OTHERS | {asset[0]: 200}
    for path, status in answers.items():
        found, headers, _ = get(server, path.format(name=name))
        assert (path, found) == (path, status)
        assert {key: headers.get(key) for key in ALWAYS} == ALWAYS, path
        assert "camera=()" in headers["permissions-policy"]
        assert not headers.get("server"), path
        assert "set-cookie" not in headers, path
        policy = policy_of(headers)
        assert policy["default-src"] == ["'none'"], path
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"], path
        assert "unsafe-eval" not in headers["content-security-policy"]
        is_personal = path in {"/dashboard", "/u/{name}"}
        kept = {"no-store"} if is_personal else {"no-store", "no-cache"}
        assert path == asset[0] or headers["cache-control"] in kept, path
    assert get(server, asset[0])[1]["cache-control"] == "public, max-age=31536000, immutable"
    assert "noindex" in get(server, f"/u/{name}")[1]["x-robots-tag"]


def test_a_page_runs_our_scripts_alone(server: Server, name: str) -> None:
    server.settle(name)
    for path in PAGES:
        policy = policy_of(get(server, path.format(name=name))[1])
        allowed = policy["script-src"]
        assert allowed[0] == "'self'"
        assert all(re.fullmatch(r"'sha256-[\w+/=]{44}'", each) for each in allowed[1:]), path
        for directive in ("connect-src", "form-action", "font-src", "manifest-src"):
            assert policy[directive] == ["'self'"], (path, directive)
        assert policy.get("object-src", policy["default-src"]) == ["'none'"]
        assert policy["img-src"] == ["'self'", "data:"]


def test_the_watch_on_the_policy_sees_a_violation(visitor: Visit) -> None:
    somebody = visitor()
    somebody.context.add_init_script(TELL_VIOLATIONS)
    page = somebody.open("/")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    page.evaluate("new Image().src = 'https://elsewhere.invalid/pixel.gif'")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    heard = [each for each in somebody.complaints if each.startswith("policy: ")]
    somebody.complaints.clear()
    assert len(heard) == 2, heard


def test_the_whole_journey_keeps_the_policy_and_stays_with_us(
    visitor: Visit, server: Server, name: str
) -> None:
    me = visitor()
    me.context.add_init_script(TELL_VIOLATIONS)
    asked: list[str] = []
    frames: list[str] = []
    me.context.on("request", lambda request: asked.append(request.url))
    page = watched(me.context, me.complaints, asked, frames)
    page.goto(f"{server.url}/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    page.get_by_label("Verification code").fill(server.code(f"{name}@example.com"))
    page.wait_for_url("**/sign-in")
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    expect(page.get_by_text("No messages yet")).to_be_visible()

    sender = visitor()
    sender.context.add_init_script(TELL_VIOLATIONS)
    setters: list[str] = []
    sender.context.on("request", lambda request: asked.append(request.url))
    sender.context.on(
        "response",
        lambda answer: setters.append(answer.url) if "set-cookie" in answer.all_headers() else None,
    )
    public = sender.open(f"/u/{name}")
    public.get_by_role("button", name="Suggest messages").click()
    public.locator("[data-suggestion]").first.click()
    public.get_by_role("button", name="Send", exact=True).click()
    expect(public.get_by_text("Message sent anonymously")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("switch", name="Accept messages").click()
    expect(page.get_by_text("Not accepting messages")).to_be_visible()
    for path in ("/", "/privacy", "/lost"):
        page.goto(server.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert setters == []
    assert sender.context.cookies() == []
    assert {urlsplit(url).netloc for url in asked} == {f"localhost:{server.port}"}
    seen = {urlsplit(url).path for url in asked}
    assert {"/sign-up", "/sign-in", "/dashboard", f"/u/{name}", "/privacy", "/lost"} <= seen
    tokens = [cookie["value"] for cookie in me.context.cookies()]
    assert len(tokens) == 3
    assert any(name in frame for frame in frames)
    stores = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    for token in tokens:
        for part in (token, *token.split(".")[1:]):
            assert part not in stores
            assert not [url for url in asked if part in url]
            assert not [frame for frame in frames if part in frame]


def watched(
    context: BrowserContext, complaints: list[str], asked: list[str], frames: list[str]
) -> Page:
    """A tab whose console, sockets and frames are recorded."""
    page = context.new_page()
    page.on("console", lambda m: complaints.append(m.text) if m.text.startswith("policy") else None)

    def follow(socket: object) -> None:
        asked.append(socket.url)
        socket.on("framesent", lambda frame: frames.append(str(frame)))
        socket.on("framereceived", lambda frame: frames.append(str(frame)))

    page.on("websocket", follow)
    return page


def test_no_script_can_read_the_sign_in(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    me = visitor()
    page = me.open("/sign-in")
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    cookies = {cookie["name"]: cookie for cookie in me.context.cookies()}
    assert set(cookies) == {"access", "refresh", "known"}
    for cookie in cookies.values():
        flags = (cookie["httpOnly"], cookie["sameSite"], cookie["path"], cookie["domain"])
        assert flags == (True, "Lax", "/", "localhost")
    assert page.evaluate("document.cookie") == ""
    account_menu(page).get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{server.url}/")
    # What lets the owner in while strangers guess stays, and proves nothing.
    assert [cookie["name"] for cookie in me.context.cookies()] == ["known"]


@pytest.fixture(params=["127.0.0.1", "localhost"])
def foreign(request: pytest.FixtureRequest, server: Server, name: str) -> Iterator[str]:
    """Someone else's page, on another site or on another port of our host."""
    forms = "".join(
        f'<form id="{number}" method="post" action="{server.url}{path}">{fields}</form>'
        for number, (path, fields) in enumerate(
            [
                (f"/u/{name}", '<input name="message" value="forged">'),
                ("/sign-in", '<input name="identifier"><input name="password">'),
                ("/sign-out", ""),
                ("/refresh", ""),
            ]
        )
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!DOCTYPE html><title>Foreign</title>{forms}".encode())

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://{request.param}:{site.server_port}/"
    site.shutdown()
    thread.join()
    site.server_close()


def test_a_foreign_page_can_do_nothing_here(
    visitor: Visit, server: Server, name: str, foreign: str
) -> None:
    server.settle(name)
    me = visitor()
    me.sign_in(name)
    before = {cookie["name"]: cookie["value"] for cookie in me.context.cookies()}
    page = me.context.new_page()
    for number in range(4):
        page.goto(foreign)
        with page.expect_navigation() as posted:
            page.locator(f"form[id='{number}']").evaluate("(form) => form.submit()")
        assert posted.value.status == 403
        expect(page.get_by_text("That request didn't come from this site")).to_be_visible()

    page.goto(foreign)
    for path in (f"/u/{name}", "/sign-in", "/sign-out", "/refresh"):
        for fetched in ("no-cors", "cors"):
            asked = [fetched, server.url + path]
            assert page.evaluate(FETCH, asked) == "refused", (fetched, path)
    opened = """(url) => new Promise((done) => {
      const socket = new WebSocket(url);
      socket.onopen = () => done("open");
      socket.onerror = () => done("refused");
    })"""
    socket = f"ws://localhost:{server.port}/{SOCKET}"
    assert page.evaluate(opened, socket) == "refused"

    # From our own page the same socket opens, so it was refused for its origin alone.
    assert me.open("/privacy").evaluate(opened, socket) == "open"
    assert {c["name"]: c["value"] for c in me.context.cookies()} == before
    dashboard = me.open("/dashboard")
    expect(dashboard.get_by_text("No messages yet")).to_be_visible()
