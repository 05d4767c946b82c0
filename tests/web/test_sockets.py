"""An open socket: which of its frames the app hears, and how it ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import chain, repeat

import pytest
from starlette.types import Message, Receive, Scope, Send

from anonmsg.framework.connections import Connections
from anonmsg.web.door.doorway import Doorway, Limits, SocketLimits
from anonmsg.web.door.networks import Networks
from anonmsg.web.door.open_socket import OpenSocket

CONNECT = "40/_event,"
EVENT = '42/_event,["event",{"name":"state.send"}]'
ORIGIN = "http://testserver"


class AppFailure(Exception):
    """Raised by an app that fails."""


@dataclass
class Talk:
    """A browser that sends frames as fast as it likes, and what happens to them.

    A None among the frames is a second in which nothing is sent.
    """

    frames: list[str | bytes | None]
    fails: bool = False
    limits: SocketLimits = field(default_factory=SocketLimits)
    connections: Connections = field(default_factory=Connections)
    heard: list[str] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    farewell: int | None = None
    visits_inside: int = 0
    now: float = 1000.0

    def __post_init__(self) -> None:
        """Hold the conversation until it ends."""
        networks = Networks(0)
        scope = {
            "type": "websocket",
            "path": "/_event/",
            "client": ("203.0.113.7", 4711),
            "headers": [(b"origin", ORIGIN.encode())],
            "query_string": b"token=77c8e913-c537-4011-806c-83a7f8cbab49",
        }
        doorway = Doorway(
            self._app,
            networks=networks,
            connections=self.connections,
            origins=(ORIGIN,),
            limits=Limits(self.limits),
            whose_cookie=self._whose_cookie,
            clock=lambda: self.now,
        )
        self._network = networks.key(scope)
        self._messages = chain(
            [{"type": "websocket.connect"}],
            map(self._message, self.frames),
            repeat({"type": "websocket.disconnect", "code": 1001}),
        )
        try:
            asyncio.run(doorway(scope, self._receive, self._send))
        except AppFailure:
            assert self.fails

    @property
    def visits_left(self) -> int:
        """The connections still registered afterwards."""
        return self.connections.count(self._network)

    def _message(self, frame: str | bytes | None) -> Message:
        """A frame as a server delivers it, with or without the unused key."""
        if isinstance(frame, bytes):
            return {"type": "websocket.receive", "bytes": frame}
        return {"type": "websocket.receive", "text": frame, "bytes": None}

    async def _receive(self) -> Message:
        message = next(self._messages)
        if message.get("text", "") is None:
            self.now += 1
            message = next(self._messages)
        return message

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    async def _whose_cookie(self, header: str) -> str:
        return ""

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.visits_inside = self.connections.count(self._network)
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            assert set(message) == {"type", "text"}
            self.heard.append(message["text"])
            if self.fails:
                raise AppFailure
        self.farewell = message["code"]
        await send({"type": "websocket.send", "text": "too late"})
        assert (await receive())["type"] == "websocket.disconnect"


def closed(code: int) -> list[Message]:
    """What a browser receives on a socket that we close."""
    return [{"type": "websocket.accept"}, {"type": "websocket.close", "code": code}]


def event_of(size: int) -> str:
    """An event's frame of the given size in bytes."""
    frame = '42/_event,["event",{"name":"a","payload":{"x":""}}]'
    return frame.replace('""', f'"{"a" * (size - len(frame))}"')


@pytest.mark.parametrize("frame", [event_of(16_385), "\u00e9" * 8_193, b"4" * 16_385])
def test_a_frame_over_16_kb_ends_the_socket(frame: str | bytes) -> None:
    talk = Talk([CONNECT, frame, EVENT])
    assert talk.heard == [CONNECT]
    assert talk.sent == closed(1009)
    assert talk.farewell == 1009


@pytest.mark.parametrize("frame", ["3", "nonsense", b"binary", EVENT])
def test_a_flood_ends_the_socket_whatever_it_consists_of(frame: str | bytes) -> None:
    talk = Talk([CONNECT, *[frame] * 60, EVENT])
    assert len(talk.heard) == (60 if frame in {"3", EVENT} else 1)
    assert talk.sent == closed(1008)
    assert talk.farewell == 1008
    assert talk.visits_left == 0


def test_twenty_a_second_go_on_for_ever() -> None:
    talk = Talk([CONNECT, *["3"] * 59, *[None, *["3"] * 20] * 10])
    assert len(talk.heard) == 60 + 200
    assert talk.farewell == 1001


def test_more_than_twenty_a_second_end_after_the_burst() -> None:
    talk = Talk([*["3"] * 60, *[None, *["3"] * 21] * 10])
    assert len(talk.heard) == 60 + 20
    assert talk.farewell == 1008


def test_what_is_not_ours_to_hear_is_dropped_and_the_socket_goes_on() -> None:
    client_error = '42/_event,["client_error",{"message":"secret"}]'
    talk = Talk([CONNECT, b"4secret", client_error, '42/_event,["event","secret"]', EVENT])
    assert talk.heard == [CONNECT, EVENT]
    assert talk.farewell == 1001


def test_a_frame_that_is_no_valid_unicode_is_weighed_too() -> None:
    assert Talk(["\ud800" * 6000]).farewell == 1009
    assert Talk(["\ud800"]).heard == []


def test_a_frame_of_exactly_16_kb_passes() -> None:
    assert Talk([CONNECT, event_of(16_384)]).heard == [CONNECT, event_of(16_384)]


def test_a_socket_that_the_browser_closes_ends_its_visit() -> None:
    talk = Talk([])
    assert (talk.farewell, talk.visits_inside, talk.visits_left) == (1001, 1, 0)


def test_a_socket_whose_app_fails_ends_its_visit() -> None:
    talk = Talk(["3"], fails=True)
    assert (talk.farewell, talk.visits_inside, talk.visits_left) == (None, 1, 0)


@pytest.mark.parametrize("answer", ["", "40/_event,{}", '44/_event,{"message":"no"}'])
async def test_a_tab_that_the_app_does_not_answer_is_cut_off(answer: str) -> None:
    sent: list[Message] = []
    arriving: asyncio.Queue[Message] = asyncio.Queue()
    for each in ({"type": "websocket.connect"}, {"type": "websocket.receive", "text": CONNECT}):
        arriving.put_nowait(each)

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "websocket.close":
            arriving.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        assert (await receive())["text"] == CONNECT
        if answer:
            await send({"type": "websocket.send", "text": answer})
            asyncio.get_running_loop().call_later(
                0.2, arriving.put_nowait, {"type": "websocket.disconnect", "code": 1001}
            )
        assert (await receive())["type"] == "websocket.disconnect"

    async def nobody(_header: str) -> str:
        return ""

    doorway = Doorway(
        app,
        networks=Networks(0),
        connections=Connections(),
        origins=(ORIGIN,),
        limits=Limits(SocketLimits(joins_within=0.05)),
        whose_cookie=nobody,
    )
    scope = {
        "type": "websocket",
        "path": "/_event/",
        "client": ("203.0.113.7", 4711),
        "headers": [(b"origin", ORIGIN.encode())],
        "query_string": b"token=77c8e913-c537-4011-806c-83a7f8cbab49",
    }
    async with asyncio.timeout(20):
        await doorway(scope, arriving.get, send)
    codes = [message["code"] for message in sent if message["type"] == "websocket.close"]
    assert codes == ([] if answer else [1012])


async def test_a_tab_that_connects_again_is_waited_for_once() -> None:
    async def nothing() -> Message:
        return {"type": "websocket.receive", "text": next(frames)}

    async def ignored(_message: Message) -> None:
        """Nobody reads it."""

    frames = iter([CONNECT, "41/_event,", CONNECT])
    socket = OpenSocket(nothing, ignored, SocketLimits(), lambda: 1000.0)
    before = asyncio.all_tasks()
    for _ in range(3):
        await socket.receive()
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks() - before) == 1
    socket.over()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
