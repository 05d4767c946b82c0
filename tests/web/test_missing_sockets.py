"""Pages without sockets are told to the operator: once an hour, and about nobody."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from anonmsg.web.door.missing_sockets import ENOUGH_PAGES, MissingSockets
from tests.web.conftest import Browse

TOLD = "Pages are opened, but no WebSocket arrives: does your proxy pass Upgrade?"
DOCUMENT = [(b"sec-fetch-dest", b"document")]


class Seconds:
    """A clock that goes a second further at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def ticks() -> Seconds:
    return Seconds()


def opened(watch: MissingSockets, pages: int, method: str = "GET", headers=DOCUMENT) -> None:
    for _ in range(pages):
        watch.note_request({"type": "http", "method": method, "headers": headers})


def test_many_pages_without_a_socket_are_told_once_an_hour(
    ticks: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    watch = MissingSockets(ticks)
    opened(watch, 60)
    assert caplog.messages == []
    opened(watch, 3500)
    assert [message.startswith(TOLD) for message in caplog.messages] == [True]
    opened(watch, 200)
    assert len(caplog.messages) == 2


def test_a_single_socket_is_enough(ticks: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    watch = MissingSockets(ticks)
    for _ in range(100):
        opened(watch, 50)
        watch.note_socket()
    assert caplog.messages == []


def test_few_pages_and_what_is_no_page_are_told_to_nobody(
    ticks: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    watch = MissingSockets(ticks)
    opened(watch, ENOUGH_PAGES - 1)
    ticks.now += 9999
    opened(watch, 500, method="POST")
    opened(watch, 500, headers=[(b"sec-fetch-dest", b"script")])
    opened(watch, 500, headers=[])
    assert caplog.messages == []


def test_the_door_counts_them(browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
    client: TestClient = browse()
    door = client.app._app._app._requests  # type: ignore[attr-defined]
    door._missing_sockets = MissingSockets(Seconds())
    with caplog.at_level(logging.WARNING):
        for number in range(70):
            client.get(f"/u/nobody{number}", headers={"sec-fetch-dest": "document"})
    assert [message.startswith(TOLD) for message in caplog.messages] == [True]
    assert "nobody" not in caplog.text
