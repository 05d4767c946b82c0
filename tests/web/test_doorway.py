"""The doorway: which sockets it lets in, and which of a visitor's details get through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from anonmsg.framework.connections import Connection, Connections, connection_id_in
from anonmsg.web.door.doorway import Doorway, Limits, SocketLimits
from anonmsg.web.door.networks import Networks

ORIGIN = "http://testserver"
TOKEN = "77c8e913-c537-4011-806c-83a7f8cbab49"
QUERY = f"token={TOKEN}&EIO=4&transport=websocket"
PLANTED = {
    "user-agent": "planted-device",
    "referer": "http://testserver/planted-page",
    "accept-language": "planted-language",
    "forwarded": "for=198.51.100.9",
    "x-forwarded-for": "198.51.100.9",
    "x-forwarded-proto": "https",
    "x-real-ip": "198.51.100.9",
    "cf-connecting-ip": "198.51.100.9",
    "true-client-ip": "198.51.100.9",
    "sec-ch-ua": "planted-device",
    "sec-ch-ua-platform": "planted-device",
    "authorization": "planted-secret",
    "dnt": "1",
}


@dataclass
class Clock:
    """A clock that moves when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The seconds it shows."""
        return self.now


@dataclass
class House:
    """A doorway, and what got in through it."""

    limits: SocketLimits = field(default_factory=SocketLimits)
    connections: Connections = field(default_factory=Connections)
    networks: Networks = field(default_factory=lambda: Networks(0))
    clock: Clock = field(default_factory=Clock)
    scopes: list[Scope] = field(default_factory=list)
    found: list[Connection | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set up the doorway with a browser in front of it."""
        doorway = Doorway(
            self._noted(Starlette(routes=[WebSocketRoute("/_event/", self._socket)])),
            networks=self.networks,
            connections=self.connections,
            origins=(ORIGIN,),
            limits=Limits(self.limits),
            whose_cookie=self._whose_cookie,
            clock=self.clock,
        )
        self.client = TestClient(doorway, client=("203.0.113.7", 4711), headers=PLANTED)

    @contextmanager
    def socket(
        self, *, query: str = QUERY, origin: str | None = ORIGIN, **headers: str
    ) -> Iterator[WebSocketTestSession]:
        """A socket opened the way Reflex's client does."""
        if origin is not None:
            headers["origin"] = origin
        with self.client.websocket_connect(f"/_event/?{query}", headers=headers) as socket:
            yield socket

    def _noted(self, app: Starlette) -> Any:
        async def note(scope: Scope, receive: Receive, send: Send) -> None:
            self.scopes.append(dict(scope))
            await app(scope, receive, send)

        return note

    async def _whose_cookie(self, header: str) -> str:
        if "broken" in header:
            raise RuntimeError("the planted-secret is in this sentence")
        return "sign-in" if "access=good" in header else ""

    async def _socket(self, socket: WebSocket) -> None:
        self.found.append(self.connections.get(connection_id_in(socket.headers["cookie"])))
        await socket.accept(subprotocol=next(iter(socket.scope["subprotocols"]), None))
        await socket.receive()


def refusal(house: House, **how: Any) -> int:
    """The close code with which a socket is turned away."""
    with pytest.raises(WebSocketDisconnect) as refused, house.socket(**how):
        pass
    assert house.scopes == []
    assert house.connections.count(house.networks.key(client_scope())) == 0
    return refused.value.code


def client_scope() -> Scope:
    """What identifies the test client's network."""
    return {"type": "http", "client": ("203.0.113.7", 4711), "headers": []}


@pytest.mark.parametrize(
    "origin", [None, "", "null", "http://evil.example", f"{ORIGIN}.evil.example", f"{ORIGIN}/"]
)
def test_a_socket_from_another_page_is_refused(origin: str | None) -> None:
    assert refusal(House(), origin=origin) == 1008


@pytest.mark.parametrize("second", ["http://evil.example", ORIGIN])
async def test_a_socket_that_names_two_pages_is_refused(second: str) -> None:
    house, said = House(), []
    scope = {
        "type": "websocket",
        "path": "/_event/",
        "query_string": QUERY.encode(),
        "headers": [(b"origin", each.encode()) for each in (ORIGIN, second)],
        "client": ("203.0.113.7", 4711),
    }

    async def receive() -> Message:
        return {"type": "websocket.disconnect", "code": 1001}

    async def send(message: Message) -> None:
        said.append(message)

    await house.client.app(scope, receive, send)
    assert said == [{"type": "websocket.close", "code": 1008}]
    assert house.scopes == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "EIO=4&transport=websocket",
        "token=",
        "token=short",
        f"token={TOKEN}0",
        f"token={TOKEN.replace('-', '')}",
        f"token={TOKEN.replace('7', 'g')}",
        f"token={TOKEN}%0A",
        f"token={TOKEN}&token={TOKEN}",
        f"token={TOKEN}&token=another",
        f"{QUERY}&sid=abcdef",
        f"{QUERY}&" + "&".join(f"n{n}=1" for n in range(20)),
    ],
)
def test_a_socket_without_a_proper_token_is_refused(query: str) -> None:
    assert refusal(House(), query=query) == 1008


def test_a_cookie_that_cannot_be_checked_is_our_fault(caplog: pytest.LogCaptureFixture) -> None:
    assert refusal(House(), cookie="access=broken") == 1011
    assert "RuntimeError" in caplog.text
    assert "planted-secret" not in caplog.text


def test_a_network_with_too_many_sockets_is_refused() -> None:
    house = House(limits=SocketLimits(open_per_network=2))
    with house.socket(), house.socket():
        with pytest.raises(WebSocketDisconnect) as refused, house.socket():
            pass
        assert refused.value.code == 1008
        assert len(house.scopes) == 2


def test_sockets_that_are_refused_or_end_take_no_room() -> None:
    house = House(limits=SocketLimits(open_per_network=1))
    for _ in range(2):
        with pytest.raises(WebSocketDisconnect), house.socket(cookie="access=broken"):
            pass
        with house.socket(cookie="access=good"):
            pass
    assert len(house.scopes) == 2


def test_too_many_new_sockets_are_refused_for_a_minute() -> None:
    house = House(limits=SocketLimits(new_per_minute=1))
    with house.socket():
        pass
    with pytest.raises(WebSocketDisconnect) as refused, house.socket():
        pass
    assert refused.value.code == 1008
    house.clock.now += 60
    with house.socket():
        pass


def test_a_socket_tells_nothing_of_who_opens_it() -> None:
    house = House()
    with house.socket(cookie="access=good; other=planted-cookie"):
        [scope] = house.scopes
    names = {name for name, _ in scope["headers"]}
    allowed = {b"host", b"origin", b"connection", b"upgrade", b"cookie"}
    assert {each for each in names if not each.startswith(b"sec-websocket-")} <= allowed
    told = repr(scope)
    for secret in ("planted", "access", "good", "198.51.100.9", "203.0.113.7"):
        assert secret not in told


def test_only_a_version_is_offered_as_a_subprotocol() -> None:
    house = House()
    offered = {"sec-websocket-protocol": "0.10.1, planted words, planted:word"}
    with house.socket(**offered) as open_socket:
        accepted = str(open_socket.accepted_subprotocol)
    assert accepted == "0.10.1"
    assert house.scopes[0]["subprotocols"] == ["0.10.1"]
    assert "planted" not in str(house.scopes[0]["headers"])


@pytest.mark.parametrize(("cookie", "session_id"), [("access=good", "sign-in"), ("", "")])
def test_a_visit_stands_for_the_cookie_while_the_socket_is_open(
    cookie: str, session_id: str
) -> None:
    house = House()
    network = house.networks.key(client_scope())
    with house.socket(cookie=cookie):
        assert house.connections.count(network) == 1
    assert house.found == [Connection(network, session_id)]
    assert house.connections.count(network) == 0


def test_a_visit_that_a_browser_makes_up_is_not_taken() -> None:
    house = House()
    made_up = house.connections.open("another network", "another sign-in")
    with house.socket(cookie=f"connection={made_up}"):
        pass
    assert house.found == [Connection(house.networks.key(client_scope()), "")]


def test_a_token_may_be_written_in_capitals() -> None:
    house = House()
    with house.socket(query=QUERY.replace(TOKEN, TOKEN.upper())):
        assert len(house.scopes) == 1


def test_what_is_neither_a_request_nor_a_socket_passes() -> None:
    house = House()
    with house.client:
        assert [scope["type"] for scope in house.scopes] == ["lifespan"]
