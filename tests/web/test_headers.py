"""Every response's headers."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from anonmsg.web.door.headers import ALWAYS, IMMUTABLE, SecurityHeaders

HASHED = "/assets/root-zk0-tIIH.js"


async def plain(request: Request) -> Response:
    """A response with the requested status and no policy of its own."""
    status = int(request.query_params.get("status", "200"))
    return PlainTextResponse("", status, headers={"Server": "inner/1.0"})


async def page(request: Request) -> Response:
    """A page."""
    return HTMLResponse("<p>")


async def own(request: Request) -> Response:
    """A page with its own policy and cache lifetime."""
    headers = {
        "Content-Security-Policy": "default-src 'self'",
        "Cache-Control": "private, max-age=5",
        "X-Frame-Options": "SAMEORIGIN",
    }
    return HTMLResponse("<p>", headers=headers)


async def cookie(request: Request) -> Response:
    """A response that sets a cookie."""
    answer = PlainTextResponse("")
    answer.set_cookie("a", "b")
    return answer


async def moved(request: Request) -> Response:
    """A redirect."""
    return RedirectResponse("/page", 303)


async def data(request: Request) -> Response:
    """JSON."""
    return JSONResponse({})


async def socket(socket: WebSocket) -> None:
    """A socket that says one word."""
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


async def refused(socket: WebSocket) -> None:
    """A socket that isn't let in."""
    await socket.close(1008)


async def ended(socket: WebSocket) -> None:
    """A socket that is let in, and then closed."""
    await socket.accept()
    await socket.close(4000)


ROUTES = [
    Route("/page", page),
    Route("/own", own),
    Route("/cookie", cookie),
    Route("/moved", moved),
    Route("/data", data),
    WebSocketRoute("/socket", socket),
    WebSocketRoute("/refused", refused),
    WebSocketRoute("/ended", ended),
    Route("/{path:path}", plain, methods=["GET", "POST"]),
]


def client(*, is_https: bool = False, strict_csp: bool = True) -> TestClient:
    """A client of the little app behind its headers."""
    app = SecurityHeaders(Starlette(routes=ROUTES), is_https=is_https, strict_csp=strict_csp)
    return TestClient(app, follow_redirects=False)


def test_no_answer_names_the_server() -> None:
    assert client().get("/robots.txt").headers.get_list("server") == [""]


def test_the_plain_policy_allows_no_script() -> None:
    policy = client().get("/robots.txt").headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy


@pytest.mark.parametrize("path", ["/robots.txt", "/page", "/own", "/data", "/moved", HASHED])
def test_every_answer_carries_the_fixed_headers(path: str) -> None:
    headers = client().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers.get_list("x-frame-options") == ["DENY"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "content-security-policy" in headers


@pytest.mark.parametrize("status", [404, 429, 500])
def test_a_refusal_carries_them_too(status: int) -> None:
    headers = client().get(f"/robots.txt?status={status}").headers
    assert headers["x-frame-options"] == "DENY"
    assert "content-security-policy" in headers


def test_a_page_keeps_its_own_policy() -> None:
    headers = client().get("/own").headers
    assert headers.get_list("content-security-policy") == ["default-src 'self'"]


def test_the_development_server_has_no_policy() -> None:
    assert "content-security-policy" not in client(strict_csp=False).get("/page").headers


def test_only_https_is_asked_to_stay_https() -> None:
    assert "strict-transport-security" not in client().get("/page").headers
    lasting = client(is_https=True).get("/page").headers["strict-transport-security"]
    assert lasting == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("path", ["/page", "/data", "/moved", "/cookie"])
def test_a_page_data_a_redirection_and_a_cookie_are_not_stored(path: str) -> None:
    assert client().get(path).headers["cache-control"] == "no-store"


def test_no_answer_to_a_post_is_stored() -> None:
    assert client().post("/robots.txt").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/robots.txt", "/app.css", "/assets/app-icon.png"])
def test_a_static_file_is_asked_for_again(path: str) -> None:
    assert client().get(path).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("status", [200, 304])
@pytest.mark.parametrize(
    "path",
    [
        HASHED,
        "/assets/entry.client-Cuv6UKoY.js",
        "/assets/manifest-acf1b7ee.js",
        "/typeface/anonmsg-serif-c2dca6d5.woff2",
    ],
)
def test_a_hashed_asset_is_kept_for_a_year(path: str, status: int) -> None:
    assert client().get(f"{path}?status={status}").headers["cache-control"] == IMMUTABLE


def test_a_missing_asset_is_not_kept_for_a_year() -> None:
    assert client().get(f"{HASHED}?status=404").headers["cache-control"] == "no-cache"


def test_a_hashed_name_elsewhere_is_not_kept_for_a_year() -> None:
    assert client().get("/u/root-zk0-tIIH.js").headers["cache-control"] == "no-cache"


def test_a_response_keeps_its_own_cache_lifetime() -> None:
    assert client().get("/own").headers["cache-control"] == "private, max-age=5"


def test_a_socket_passes_as_it_is() -> None:
    with client().websocket_connect("/socket") as open_socket:
        assert open_socket.receive_text() == "hello"


@pytest.mark.parametrize("path", ["/preview.png", "/u/ada/preview.png"])
@pytest.mark.parametrize("status", [200, 304])
def test_a_preview_may_be_shown_by_other_sites(path: str, status: int) -> None:
    headers = client().get(f"{path}?status={status}").headers
    assert headers.get_list("cross-origin-resource-policy") == ["cross-origin"]


@pytest.mark.parametrize(
    "path",
    [
        "/preview.png?status=404",
        "/u/ada/preview.png?status=404",
        "/u/ada/qr.png",
        "/u/ada/preview.png/x",
        "/u/a/b/preview.png",
        "/assets/preview.png",
        "/u/ada/previewxpng",
    ],
)
def test_nothing_else_may_be_shown_by_other_sites(path: str) -> None:
    assert client().get(path).headers["cross-origin-resource-policy"] == "same-origin"


def test_a_refused_socket_gets_an_answer_with_the_fixed_headers() -> None:
    with pytest.raises(WebSocketDenialResponse) as found, client().websocket_connect("/refused"):
        pass
    answer = found.value
    assert answer.status_code == 403
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value], name
    assert answer.headers["cache-control"] == "no-cache"


def test_an_open_socket_is_closed_by_its_code() -> None:
    with client().websocket_connect("/ended") as opened:
        assert opened.receive() == {"type": "websocket.close", "code": 4000, "reason": ""}
