"""The whole web layer: which part responds to what, and with which headers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from anonmsg.config import Settings
from anonmsg.database.tables import SignInSession
from anonmsg.framework.connections import connection_id_in, connections
from anonmsg.runtime.runtime import Runtime
from anonmsg.web.door.headers import ALWAYS, HTTPS_FOR_A_YEAR, IMMUTABLE, PLAIN_POLICY
from anonmsg.web.prerendered.build import BuiltPage, inline_scripts
from tests.web.conftest import Browse, ReflexStandIn, sign_in

EVENTS = "/_event?token=00000000-0000-4000-8000-000000000000&EIO=4&transport=websocket"
OURS = {"origin": "http://localhost:3000"}
ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/u/ada", 200),
    ("GET", "/u/nobody", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/dashboard", 303),
    ("GET", "/privacy/", 308),
    ("GET", "/app.css", 200),
    ("GET", "/assets/root-B-YJ-ofX.js", 200),
    ("GET", "/assets/nothing.js", 404),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 503),
    ("GET", "/metrics", 404),
    ("POST", "/u/ada", 400),
    ("POST", "/sign-in", 400),
    ("POST", "/refresh", 401),
    ("POST", "/sign-out", 303),
    ("POST", "/export", 401),
    ("POST", "/sign-up", 400),
    ("POST", "/settings", 200),
    ("POST", "/", 405),
    ("PUT", "/sign-in", 405),
    ("OPTIONS", "/u/ada", 405),
    ("GET", "/_event", 404),
]


def cookies_of(client: TestClient) -> dict[str, str]:
    """A browser's Cookie header; the test client doesn't send one with a socket."""
    return {"cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


@pytest.mark.usefixtures("ada")
def test_every_answer_carries_the_headers(browse: Browse, https: Settings) -> None:
    client = browse(https)
    for method, path, status in ANSWERS:
        answer = client.request(method, path)
        assert answer.status_code == status, (method, path)
        for name, value in ALWAYS.items():
            assert answer.headers.get_list(name) == [value], (method, path, name)
        assert answer.headers.get_list("strict-transport-security") == [HTTPS_FOR_A_YEAR]
        policies = answer.headers.get_list("content-security-policy")
        assert len(policies) == 1, (method, path)
        directives = dict(each.split(" ", 1) for each in policies[0].split("; "))
        assert directives["default-src"] == "'none'"
        assert directives["frame-ancestors"] == "'none'"
        assert "unsafe" not in directives.get("script-src", "")


def test_a_request_from_elsewhere_is_refused_with_the_headers(client: TestClient) -> None:
    answer = client.post("/u/ada", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert answer.headers["content-security-policy"] == PLAIN_POLICY
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.usefixtures("ada")
def test_a_filled_page_keeps_the_policy_of_its_own_scripts(client: TestClient) -> None:
    for path in ("/", "/sign-in", "/u/ada"):
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        scripts = inline_scripts(answer.text)
        assert scripts, path
        assert policy == BuiltPage(answer.text, {}).csp
        assert policy.count("'sha256-") == len(scripts)


def test_the_sites_picture_has_the_address_that_the_site_is_served_at(
    browse: Browse, https: Settings
) -> None:
    for path in ("/", "/sign-in", "/nowhere"):
        html = browse(https).get(path).text
        assert '<meta content="https://anonmsg.example/preview.png" property="og:image"/>' in html
        assert 'content="/preview.png"' not in html


def test_plain_http_is_not_asked_to_stay_https(client: TestClient) -> None:
    assert "strict-transport-security" not in client.get("/").headers


def test_static_files_are_served_and_hashed_ones_kept(client: TestClient) -> None:
    style = client.get("/app.css")
    assert style.text == "body { margin: 0 }"
    assert style.headers["cache-control"] == "no-cache"
    hashed = client.get("/assets/root-B-YJ-ofX.js")
    assert hashed.headers["cache-control"] == IMMUTABLE
    assert hashed.headers["content-type"].startswith("text/javascript")


def test_a_folder_and_what_lies_beside_the_build_are_not_served(
    client: TestClient, pages: Path
) -> None:
    (pages.parent / "secret.txt").write_text("secret")
    for path in ("/assets", "/assets/", "/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "secret" not in answer.text


def test_the_process_says_that_it_lives(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert client.head("/healthz").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_reflex_answers_no_plain_http(
    client: TestClient, reflex: ReflexStandIn, method: str
) -> None:
    for path in ("/_event", "/_event/", "/_event/?EIO=4&transport=polling", "/_upload", "/ping"):
        assert client.request(method, path, headers=OURS).status_code in {404, 405}
    assert reflex.heard == []


def test_in_development_reflex_serves_the_pages(browse: Browse, reflex: ReflexStandIn) -> None:
    client = browse(build=None)
    assert client.get("/dashboard").text == "Reflex"
    assert len(reflex.heard) == 1
    assert client.get("/healthz").text == "ok"
    assert len(reflex.heard) == 1


@pytest.mark.usefixtures("ada")
def test_a_socket_reaches_reflex_with_what_its_cookie_proves(
    client: TestClient, reflex: ReflexStandIn, runtime: Runtime
) -> None:
    sign_in(client)
    with client.websocket_connect(EVENTS, headers=OURS | cookies_of(client)):
        headers = dict(reflex.heard[0]["headers"])
        connection = connections.get(connection_id_in(headers[b"cookie"].decode()))
    assert connection is not None
    with runtime.context() as ctx, ctx.reading() as db:
        assert connection.session_id == db.exec(select(SignInSession)).one().id
    seen = json.dumps([[k.decode(), v.decode()] for k, v in reflex.heard[0]["headers"]])
    assert not any(token in seen for token in client.cookies.values())


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    "cookies", [{}, {"access": "x"}, {"refresh": "x.y.z"}, {"connection": "x"}]
)
def test_a_socket_with_no_proof_is_a_strangers(
    browse: Browse, reflex: ReflexStandIn, cookies: dict[str, str]
) -> None:
    client = browse(cookies=cookies)
    with client.websocket_connect(EVENTS, headers=OURS | cookies_of(client)):
        headers = dict(reflex.heard[0]["headers"])
        connection = connections.get(connection_id_in(headers[b"cookie"].decode()))
    assert connection is not None
    assert connection.session_id == ""


@pytest.mark.usefixtures("ada")
def test_a_socket_of_a_sign_in_that_ended_is_a_strangers(
    client: TestClient, reflex: ReflexStandIn
) -> None:
    sign_in(client)
    copied = cookies_of(client)
    client.post("/sign-out")
    with client.websocket_connect(EVENTS, headers=OURS | copied):
        headers = dict(reflex.heard[0]["headers"])
        connection = connections.get(connection_id_in(headers[b"cookie"].decode()))
    assert connection is not None
    assert connection.session_id == ""


def test_a_socket_from_another_page_never_reaches_reflex(
    client: TestClient, reflex: ReflexStandIn
) -> None:
    elsewhere = {"origin": "https://evil.example"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(EVENTS, headers=elsewhere):
        pass
    assert reflex.heard == []
