"""What no request may do, whatever it asks for: strange paths, endless bodies, crowds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anonmsg.addresses import ADDRESSES, Post
from anonmsg.framework.connections import Connections
from anonmsg.web.door.admission import Limits, RequestLimits
from anonmsg.web.door.doorway import Doorway
from anonmsg.web.door.headers import ALWAYS, PLAIN_POLICY
from anonmsg.web.door.networks import Networks
from anonmsg.web.door.request_door import RequestDoor
from tests.web.conftest import JSON

# Every route, by someone's name or an empty part, and what no route answers.
PATHS = [each.path.replace("{username}", "ada") for each in ADDRESSES]
PATHS += ["/app.js", "/assets/root-B-YJ-ofX.js", "/nowhere", "/privacy/", "/index.html"]
POSTS = [each.path.replace("{username}", "ada") for each in ADDRESSES if each.post is Post.ROUTE]
CONTROLS = ["%0A", "%0d%0aX", "%00", "%09", "%1f", "%7f", "%C2%85"]
QUICK = RequestLimits(body_seconds=0.3, body_patience=0.1, body_bytes_per_second=1_000)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def quick(client: TestClient) -> TestClient:
    """A browser in front of a door that waits for a body for a moment only."""
    door_of(client.app)._limits = QUICK
    return client


def door_of(app: Any) -> RequestDoor:
    door: RequestDoor = app._app._app._requests
    return door


def expect_headers(headers: Any) -> None:
    """What every answer carries."""
    for name, value in ALWAYS.items():
        assert headers.getlist(name) == [value], name
    assert len(headers.getlist("content-security-policy")) == 1
    assert headers["cache-control"]


async def sent(
    app: ASGIApp, path: str, parts: AsyncIterator[Message], **more: str
) -> list[Message]:
    """What comes back for a POST whose body arrives part by part."""
    answers: list[Message] = []

    async def receive() -> Message:
        return await anext(parts)

    async def send(message: Message) -> None:
        answers.append(message)

    headers = {"sec-fetch-site": "same-origin", "content-type": FORM} | more
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "client": ("203.0.113.7", 4711),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    async with asyncio.timeout(20):
        await app(scope, receive, send)
    return answers


def part(data: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": data, "more_body": more}


async def dripping(every: float = 0.02) -> AsyncIterator[Message]:
    """A byte now and then, for ever."""
    while True:
        yield part(b"a")
        await asyncio.sleep(every)


async def silent() -> AsyncIterator[Message]:
    """The beginning of a body, and then nothing."""
    yield part(b"message=")
    await asyncio.Event().wait()


async def flooding() -> AsyncIterator[Message]:
    """More and more."""
    while True:
        yield part(b"x" * 10_000)
        await asyncio.sleep(0)


@pytest.mark.parametrize("control", CONTROLS)
def test_no_route_takes_a_path_with_a_control_character(client: TestClient, control: str) -> None:
    for path in PATHS:
        for method in ("GET", "POST", "PUT"):
            answer = client.request(method, path + control)
            assert answer.status_code == 400, (method, path)
            expect_headers(Headers(raw=answer.headers.raw))
            assert answer.text.startswith("<!DOCTYPE html>")


def test_a_control_character_in_the_query_is_no_trouble(client: TestClient) -> None:
    assert client.get("/?next=%0A").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_no_route_takes_a_body_that_says_it_is_too_large(client: TestClient, method: str) -> None:
    for path in PATHS:
        for size in ("65537", "9" * 5_000):
            answer = client.request(method, path, headers={"content-length": size})
            assert answer.status_code == 413, (path, size[:6])
            assert answer.headers["connection"] == "close"
            expect_headers(Headers(raw=answer.headers.raw))


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("body", [dripping, silent, flooding])
async def test_no_route_waits_for_a_body_for_ever(quick: TestClient, body: Any) -> None:
    for path in PATHS:
        start, *_rest = await sent(quick.app, path, body())
        expect_headers(Headers(raw=start["headers"]))
        assert start["status"] < 500, path


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(("body", "status"), [(dripping, 408), (silent, 408), (flooding, 413)])
@pytest.mark.parametrize("path", ["/u/ada", "/sign-in", "/sign-up", "/forgot-password"])
async def test_a_form_that_never_ends_is_answered(
    quick: TestClient, path: str, body: Any, status: int
) -> None:
    start, content = await sent(quick.app, path, body())
    assert start["status"] == status
    headers = Headers(raw=start["headers"])
    assert headers["connection"] == "close"
    assert headers["content-security-policy"] == PLAIN_POLICY
    assert f'href="{path}"'.encode() in content["body"]
    _start, content = await sent(quick.app, path, body(), accept=JSON["accept"])
    assert json.loads(content["body"])["success"] is False


def test_the_pages_for_forms_are_among_the_tried() -> None:
    assert set(POSTS) <= set(PATHS)
    assert len(POSTS) > 8


def doorway(app: ASGIApp, **limits: Any) -> Doorway:
    async def whose_cookie(_header: str) -> str:
        return ""

    return Doorway(
        app,
        networks=Networks(1),
        connections=Connections(),
        origins=(),
        limits=Limits(requests=RequestLimits(**limits)),
        whose_cookie=whose_cookie,
    )


async def taken(scope: Scope, receive: Receive, send: Send) -> None:
    """Read a whole body, and answer with its size."""
    size, more = 0, True
    while more:
        message = await receive()
        assert message["type"] == "http.request"
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def test_a_slow_body_has_as_long_as_it_earns() -> None:
    async def steady() -> AsyncIterator[Message]:
        for _ in range(4):
            yield part(b"x" * 100)
            await asyncio.sleep(0.1)
        yield part(b"", more=False)

    limits = {"body_patience": 0.2, "body_seconds": 10.0}
    fast_enough = doorway(taken, body_bytes_per_second=200, **limits)
    assert (await sent(fast_enough, "/", steady()))[0]["status"] == 200
    too_slow = doorway(taken, body_bytes_per_second=100_000, **limits)
    assert (await sent(too_slow, "/", steady()))[0]["status"] == 408
    too_long = doorway(taken, body_patience=0.2, body_seconds=0.25, body_bytes_per_second=1)
    assert (await sent(too_long, "/", steady()))[0]["status"] == 408


async def test_a_body_of_the_largest_size_is_taken_whole() -> None:
    async def parts(size: int) -> AsyncIterator[Message]:
        yield part(b"x" * 60_000)
        yield part(b"x" * (size - 60_000), more=False)

    door = doorway(taken)
    assert (await sent(door, "/", parts(65_536)))[1]["body"] == b"65536"
    assert (await sent(door, "/", parts(65_537)))[0]["status"] == 413


async def test_an_answer_that_has_begun_is_not_replaced() -> None:
    async def early(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] == "http.request":
            pass

    answers = await sent(doorway(early, body_patience=0.1), "/", silent())
    assert [each.get("status") for each in answers] == [200]


async def test_waiting_for_the_client_to_leave_takes_as_long_as_it_likes() -> None:
    async def one_part() -> AsyncIterator[Message]:
        yield part(b"", more=False)
        await asyncio.sleep(0.4)
        yield {"type": "http.disconnect"}

    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.start", "status": 200, "headers": []})

    answers = await sent(doorway(patient, body_patience=0.1), "/", one_part())
    assert [each.get("status") for each in answers] == [200]


async def test_an_error_of_a_route_is_not_swallowed() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        await sent(doorway(broken), "/", silent())


@pytest.fixture
def crowd() -> tuple[Doorway, asyncio.Event]:
    """A door that lets three requests of a network in, and an app that answers them all at once."""
    answered = asyncio.Event()

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        await answered.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    return doorway(waiting, open_per_network=3), answered


async def test_a_networks_open_requests_are_bounded(crowd: tuple[Doorway, asyncio.Event]) -> None:
    door, answered = crowd
    theirs, others = {"x-forwarded-for": "192.0.2.1"}, {"x-forwarded-for": "192.0.2.2"}

    async def ask(**headers: str) -> Headers:
        start, *_body = await sent(door, "/", silent(), **headers)
        return Headers(raw=[*start["headers"], (b"status", str(start["status"]).encode())])

    inside = [asyncio.create_task(ask(**theirs)) for _ in range(3)]
    await asyncio.sleep(0)
    refused = await ask(**theirs)
    assert (refused["status"], refused["retry-after"]) == ("429", "5")
    of_another = asyncio.create_task(ask(**others))
    await asyncio.sleep(0)
    assert not of_another.done()
    answered.set()
    assert [(await each)["status"] for each in (*inside, of_another)] == ["200"] * 4
    # Those that have been answered leave their places to others.
    assert [(await ask(**theirs))["status"] for _ in range(5)] == ["200"] * 5


async def test_a_request_that_fails_leaves_its_place(crowd: tuple[Doorway, asyncio.Event]) -> None:
    door, _answered = crowd
    for _ in range(5):
        waiting = asyncio.create_task(sent(door, "/", silent()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert not door._requests._open._open


@pytest.mark.parametrize("path", ["//evil.example", "/u/a.b", "/a b", "/\u202e"])
async def test_a_refusal_links_to_nothing_but_this_site(path: str) -> None:
    answers = await sent(doorway(taken, body_patience=0.01), path, silent())
    assert b'href="/"' in answers[1]["body"]
    assert path.encode() not in answers[1]["body"]
