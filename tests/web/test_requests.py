"""Requests through the doorway: which of a visitor's details get through."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from anonmsg.framework.connections import Connections
from anonmsg.web.door.doorway import Doorway, Limits
from anonmsg.web.door.networks import Networks
from anonmsg.web.door.request_door import NOBODY

NEEDED = [
    (b"host", b"testserver"),
    (b"cookie", b"access=good"),
    (b"origin", b"http://testserver"),
    (b"content-type", b"application/x-www-form-urlencoded"),
    (b"content-length", b"5"),
    (b"accept", b"text/html"),
    (b"accept-encoding", b"br"),
    (b"sec-fetch-site", b"same-origin"),
    (b"sec-fetch-mode", b"navigate"),
    (b"sec-fetch-dest", b"document"),
    (b"if-none-match", b'"a"'),
    (b"if-modified-since", b"Sat, 01 Jan 2000 00:00:00 GMT"),
    (b"range", b"bytes=0-1"),
]
PLANTED = [
    (b"user-agent", b"planted"),
    (b"User-Agent", b"planted"),
    (b"referer", b"planted"),
    (b"accept-language", b"planted"),
    (b"forwarded", b"for=planted"),
    (b"x-forwarded-for", b"198.51.100.9"),
    (b"x-forwarded-host", b"planted"),
    (b"x-forwarded-proto", b"planted"),
    (b"x-real-ip", b"198.51.100.9"),
    (b"cf-connecting-ip", b"198.51.100.9"),
    (b"true-client-ip", b"198.51.100.9"),
    (b"via", b"planted"),
    (b"sec-ch-ua", b"planted"),
    (b"sec-ch-ua-platform", b"planted"),
    (b"sec-websocket-key", b"planted"),
    (b"authorization", b"planted"),
    (b"from", b"planted"),
    (b"x-anything-new", b"planted"),
]


def through_the_door(outer: Scope, networks: Networks) -> Scope:
    """The scope the app sees for a request."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    async def whose_cookie(header: str) -> str:
        raise AssertionError(header)

    doorway = Doorway(
        app,
        networks=networks,
        connections=Connections(),
        origins=(),
        limits=Limits(),
        whose_cookie=whose_cookie,
    )
    asyncio.run(doorway(outer, receive, send))
    [scope] = seen
    return scope


def request(**more: Any) -> Scope:
    """A request with everything a browser and a proxy may reveal, and more."""
    return {
        "type": "http",
        "method": "GET",
        "path": "/",
        "client": ("203.0.113.7", 4711),
        "headers": [*PLANTED, *NEEDED, *PLANTED],
    } | more


def test_a_request_tells_nothing_of_who_makes_it() -> None:
    scope = through_the_door(request(), Networks(0))
    assert scope["client"] == NOBODY
    for secret in ("planted", "198.51.100.9", "203.0.113.7"):
        assert secret not in repr(scope)


def test_a_request_keeps_what_its_route_needs() -> None:
    assert through_the_door(request(), Networks(0))["headers"] == NEEDED


def test_a_request_knows_its_networks_key_and_nothing_else_is_lost() -> None:
    networks = Networks(1)
    scope = through_the_door(request(state={"kept": 1}), networks)
    assert scope["state"] == {"kept": 1, "network": networks.key(request())}
    assert (scope["method"], scope["path"]) == ("GET", "/")


def test_a_request_without_a_state_gets_one() -> None:
    networks = Networks(0)
    assert through_the_door(request(), networks)["state"] == {"network": networks.key(request())}


def test_the_servers_own_scope_is_left_alone() -> None:
    state: dict[str, Any] = {}
    outer = request(state=state)
    through_the_door(outer, Networks(0))
    assert outer == request(state={})
    assert state == {}
