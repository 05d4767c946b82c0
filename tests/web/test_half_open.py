"""More connections than a shell's limit on open files, none of which ever asks anything."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from anonmsg.framework.open_files import raise_limit
from tests.served import REFLEX_RUN, SERVE, Served, read_all, served

MANY = 1_100
FEW_FILES, ENOUGH_FILES = 1_024, 4_096
BODY = (
    "POST /u/ada HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.{number}\r\n"
    "Sec-Fetch-Site: same-origin\r\nContent-Length: 1000\r\n\r\nmessage="
)
# What a half-open connection has sent; the last is a body that never comes.
HALVES = (
    "",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.{number}\r\n",
    BODY,
)
ASK = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def half_open(server: Served, stack: ExitStack) -> list[socket.socket]:
    """Open the connections; each kind of body comes from many networks."""
    return [
        stack.enter_context(server.connect(HALVES[number % 3].format(number=number % 250).encode()))
        for number in range(MANY)
    ]


@pytest.fixture(autouse=True)
def _this_process_may_open_as_many() -> None:
    assert raise_limit() > MANY + 100


@pytest.fixture(scope="module", params=[SERVE, REFLEX_RUN], ids=["serve", "reflex run"])
def crowded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server that a shell with its usual limit has started."""
    folder = tmp_path_factory.mktemp("crowded")
    env = {"TRUSTED_PROXY_HOPS": "1"}
    files = (FEW_FILES, ENOUGH_FILES)
    first = "from anonmsg.framework import server\nserver.HEADERS_WITHIN_MS = 10_000"
    with served(folder, first=first, way=request.param, env=env, files=files) as made:
        yield made


def test_half_open_connections_stop_nobody_and_end(crowded: Served) -> None:
    with ExitStack() as stack:
        opened = half_open(crowded, stack)
        assert crowded.ask(ASK).endswith(b"ok")
        # Nobody had to be closed for that: the newest are still open.
        newest = select.poll()
        for each in opened[-6:]:
            newest.register(each, select.POLLIN)
        assert newest.poll(0) == []
        for each in opened[:6]:
            answer = read_all(each)
            assert answer == b"" or b" 408 " in answer.partition(b"\r\n")[0], answer[:100]
    assert "Too many open files" not in crowded.log
    assert "files may be open" not in crowded.log


def test_a_low_hard_limit_is_told_and_kept_to(tmp_path: Path) -> None:
    first = "from anonmsg.framework import server\nserver.HEADERS_WITHIN_MS = 2_000"
    with served(tmp_path, first=first, files=(200, 400)) as server, ExitStack() as stack:
        assert "Only 400 files may be open at a time" in server.log
        for _ in range(450):
            stack.enter_context(server.connect())
        # It waits for a place, which the silent connections soon leave.
        assert server.ask(ASK).endswith(b"ok")
        assert "Too many open files" not in server.log
