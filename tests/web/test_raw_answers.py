"""What the real server's answers carry, seen from a raw socket, whichever layer gives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from starlette.datastructures import Headers

from anonmsg.addresses import ADDRESSES
from anonmsg.web.door.headers import ALWAYS
from tests import databases
from tests.served import Served, read_all, served

PATHS = [each.path.replace("{username}", "nobody") for each in ADDRESSES]
FILES = ["/app.js", "/favicon.svg", "/assets/root-B-YJ-ofX.js"]
# A request's first line and further headers, with the status of its answer.
ANSWERS = [
    ("GET /nowhere", "", 404),
    ("GET /privacy/", "", 308),
    ("GET /dashboard", "", 303),
    ("GET /_event/", "", 404),
    ("GET /ping", "", 404),
    ("PUT /sign-in", "", 405),
    (
        "OPTIONS /sign-in",
        "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST",
        405,
    ),
    ("OPTIONS *", "", 404),
    ("BREW /", "", 405),
    ("POST /u/nobody", "Sec-Fetch-Site: cross-site", 403),
    ("POST /u/nobody", "Content-Length: 99999999", 413),
    ("GET /dashboard%0A", "", 400),
    ("GET /healthz%0d%0aX", "", 400),
    ("POST /sign-in%00", "", 400),
    ("GET /u/%FF", "", 404),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as made:
        yield made


def request(line: str, more: str = "") -> bytes:
    lines = [f"{line} HTTP/1.1", "Host: localhost", "Connection: close", *filter(None, [more])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def parsed(answer: bytes) -> tuple[int, Headers]:
    """A raw answer's status and headers."""
    first, *rest = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")
    raw = [tuple(each.split(b": ", 1)) for each in rest]
    return int(first.split()[1]), Headers(raw=[(name.lower(), value) for name, value in raw])


def expect_headers(headers: Headers) -> None:
    for name, value in ALWAYS.items():
        assert headers.getlist(name) == [value], name
    assert len(headers.getlist("content-security-policy")) == 1
    assert headers["cache-control"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_every_route_answers_with_the_headers(server: Served, method: str) -> None:
    for path in (*PATHS, *FILES):
        status, headers = parsed(server.ask(request(f"{method} {path}")))
        assert status < 500, path
        expect_headers(headers)


@pytest.mark.parametrize(("line", "more", "status"), ANSWERS)
def test_every_refusal_carries_the_headers(
    server: Served, line: str, more: str, status: int
) -> None:
    found, headers = parsed(server.ask(request(line, more)))
    assert found == status
    expect_headers(headers)


def test_a_body_that_never_comes_gets_408_and_is_closed(server: Served) -> None:
    half = request("POST /sign-in", "Sec-Fetch-Site: same-origin\r\nContent-Length: 10")
    status, headers = parsed(server.ask(half.replace(b"Connection: close\r\n", b"") + b"id"))
    assert status == 408
    expect_headers(headers)


def test_a_network_with_too_many_open_requests_gets_429(server: Served) -> None:
    half = request("POST /sign-in", "Sec-Fetch-Site: same-origin\r\nContent-Length: 10")
    with ExitStack() as stack:
        opened = [stack.enter_context(server.connect(half)) for _ in range(310)]
        answers = [parsed(read_all(each)) for each in opened]
    assert sorted(status for status, _headers in answers) == [408] * 300 + [429] * 10
    for status, headers in answers:
        expect_headers(headers)
        assert ("retry-after" in headers) == (status == 429)


@pytest.mark.parametrize("sent", [b"\x00\x01\r\n\r\n", b"GET /a\x01b HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_what_is_no_http_is_refused_without_a_name(server: Served, sent: bytes) -> None:
    status, headers = parsed(server.ask(sent))
    assert status == 400
    assert not headers.get("server")


def handshake(origin: str) -> bytes:
    token = "00000000-0000-4000-8000-000000000000"
    lines = [
        *("Upgrade: websocket", f"Origin: {origin}", "Sec-WebSocket-Version: 13"),
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    path = f"GET /_event/?token={token}&EIO=4&transport=websocket"
    return request(path, "\r\n".join(lines)).replace(b": close", b": Upgrade", 1)


def test_a_refused_socket_is_answered_with_the_headers(server: Served) -> None:
    with server.connect(handshake("https://evil.example")) as connection:
        status, headers = parsed(connection.recv(65_536))
    assert status == 403
    expect_headers(headers)


def test_an_open_socket_names_no_server(server: Served) -> None:
    with server.connect(handshake(f"http://localhost:{server.port}")) as connection:
        status, headers = parsed(connection.recv(65_536))
    assert status == 101
    assert not headers.get("server")


def test_an_error_inside_carries_the_headers(server: Served) -> None:
    databases.query(server.folder / "data", "ALTER TABLE people RENAME TO gone")
    try:
        status, headers = parsed(server.ask(request("GET /u/whoever")))
    finally:
        databases.query(server.folder / "data", "ALTER TABLE gone RENAME TO people")
    assert status >= 500
    expect_headers(headers)
