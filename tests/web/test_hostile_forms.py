"""Forms that none of our pages would send: refused in words, never an exception."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from anonmsg.runtime.runtime import Runtime
from anonmsg.web.posts.forms import MOST_FIELDS
from tests import factories
from tests.factories import PASSWORD
from tests.web.conftest import JSON

BY_LINK = ("/reset-password", "/confirm-email", "/undo-email")
PATHS = ("/sign-in", "/sign-up", "/verify", *BY_LINK, "/forgot-password", "/u/ada")
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


def part(name: str, value: str, more: str = "") -> str:
    """One part of a multipart form, with \\n as the line ending."""
    return f'--b\nContent-Disposition: form-data; name="{name}"{more}\n\n{value}\n'


def multipart(*parts: str) -> bytes:
    """The whole form."""
    return ("".join(parts) + "--b--\n").replace("\n", "\r\n").encode()


MANY_PARTS = multipart(*(part(f"f{n}", "x") for n in range(1000)))
AN_UPLOAD = multipart(part("message", "a file's words", '; filename="a.txt"'))
# A lone surrogate: valid text in this codec and in no other.
LONE = "+2AA-"
IN_UTF7 = multipart(*(part(n, LONE) for n in ("identifier", "message", "username", "key", "next")))
BODIES = [
    (URLENCODED, b"message=" + b"x" * 70_000),
    (URLENCODED, b"a" * 1_000_000),
    (URLENCODED, b"&".join(b"f%d=x" % n for n in range(5000))),
    (URLENCODED, b"message=&identifier=&username=&key="),
    (URLENCODED, b"message=%00&identifier=%00&username=%00&key=%00&password=%00"),
    (URLENCODED, b"identifier=%ED%A0%80%40example.com&username=%ff&password=%ff&next=%ED%A0%80"),
    (URLENCODED, b"\xff\xfe=%&;;&&=&%zz=%"),
    ("application/json", b'{"identifier": "Ada", "message": "in JSON"}'),
    ("text/plain", b"message=in+plain+text"),
    ("", b"message=of+no+type"),
    ("multipart/form-data", b"message=no+boundary"),
    (MULTIPART, b"--b\r\nnonsense"),
    (MULTIPART, b"--another\r\n"),
    (MULTIPART, multipart("--b\n\nno header\n")),
    (MULTIPART, MANY_PARTS),
    (MULTIPART, AN_UPLOAD),
    (f"{MULTIPART}; charset=nonsense", multipart(part("message", ""))),
    (f"{MULTIPART}; charset=undefined", multipart(part("message", "x"))),
]


def stored(runtime: Runtime) -> list[str]:
    """Every message there is."""
    with runtime.context() as ctx:
        return factories.stored(ctx)


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("path", PATHS)
def test_a_form_that_cannot_be_read_is_refused_in_words(
    client: TestClient, runtime: Runtime, path: str
) -> None:
    fine = {400, 401, 404, 413, 415, 429}
    for content_type, body in BODIES:
        headers = {"content-type": content_type}
        answer = client.post(path, content=body, headers=headers)
        assert answer.status_code in fine, (content_type, body[:40])
        assert answer.text.startswith("<!DOCTYPE html>")
        assert "set-cookie" not in answer.headers
    assert stored(runtime) == []


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("path", PATHS)
def test_a_lone_surrogate_in_every_field_is_answered(client: TestClient, path: str) -> None:
    headers = {"content-type": f"{MULTIPART}; charset=utf-7"}
    answer = client.post(path, content=IN_UTF7, headers=headers)
    assert answer.status_code < 500


@pytest.mark.usefixtures("ada")
def test_a_lone_surrogate_is_answered_in_json(client: TestClient) -> None:
    headers = {"content-type": f"{MULTIPART}; charset=utf-7"} | JSON
    assert client.post("/sign-in", content=IN_UTF7, headers=headers).status_code == 404


@pytest.mark.usefixtures("ada")
def test_bytes_that_are_no_text_become_marks_of_it(client: TestClient, runtime: Runtime) -> None:
    headers = {"content-type": URLENCODED}
    body = b"message=a%ED%A0%80%ff%00b&key=%ED%A0%80"
    assert client.post("/u/ada", content=body, headers=headers).status_code == 200
    assert stored(runtime) == ["a\ufffd\ufffd\ufffd\ufffdb"]


async def test_no_more_of_a_body_is_read_than_a_form_may_have(client: TestClient) -> None:
    read, started = 0, []

    async def receive() -> Message:
        nonlocal read
        read += 10_000
        more = read < 1_000_000
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": more}

    async def send(message: Message) -> None:
        started.append(message)

    headers = [(b"content-type", URLENCODED.encode()), (b"sec-fetch-site", b"same-origin")]
    scope = {"type": "http", "method": "POST", "path": "/u/ada", "headers": headers}
    await client.app(scope | {"query_string": b"", "raw_path": b"/u/ada"}, receive, send)
    assert started[0]["status"] == 413
    assert read < 100_000


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("content_type", [URLENCODED, "application/json", ""])
@pytest.mark.parametrize(("size", "status"), [(65_536, 400), (65_537, 413)])
def test_a_body_of_any_type_may_be_as_large_as_a_form(
    client: TestClient, content_type: str, size: int, status: int
) -> None:
    headers = {"content-type": content_type}
    assert client.post("/u/ada", content=b"x" * size, headers=headers).status_code == status


@pytest.mark.usefixtures("ada")
def test_a_well_formed_multipart_form_is_read(client: TestClient, runtime: Runtime) -> None:
    headers = {"content-type": MULTIPART}
    body = multipart(part("message", "in parts"), part("key", "k"))
    assert client.post("/u/ada", content=body, headers=headers).status_code == 200
    assert stored(runtime) == ["in parts"]
    typed = multipart(part("identifier", "Ada"), part("password", PASSWORD))
    assert client.post("/sign-in", content=typed, headers=headers).status_code == 303


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("more", "status"),
    [
        ([part(f"f{n}", "x") for n in range(MOST_FIELDS - 1)], 200),
        ([part(f"f{n}", "x") for n in range(MOST_FIELDS)], 413),
        ([part("file", "words", '; filename="a.txt"')], 413),
    ],
)
def test_a_form_has_few_fields_and_no_file(
    client: TestClient, runtime: Runtime, more: list[str], status: int
) -> None:
    body = multipart(part("message", "hello"), *more)
    answer = client.post("/u/ada", content=body, headers={"content-type": MULTIPART})
    assert answer.status_code == status
    assert stored(runtime) == (["hello"] if status == 200 else [])


@pytest.mark.parametrize(
    "path", ["/u/%FF", "/" + "a" * 5000, "/..%2f..%2fsecrets.env", "/%2e%2e/a"]
)
def test_a_strange_address_is_nowhere(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
