"""Serving a build: what starts, what is refused with a sentence, and what a stop waits for."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonmsg.runtime.context import Context
from anonmsg.services import peppers
from tests import factories
from tests.served import Served, end, free_port, served

ASK = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
HALF = b"POST /u/ada HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nmessage="
NOT_THE_PEPPER = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for the tests that leave it as it was; silence is short here."""
    short = "from anonmsg.framework import server\nserver.HEADERS_WITHIN_MS = 1_000"
    with served(tmp_path_factory.mktemp("served"), first=short) as made:
        yield made


def upgrade(port: int) -> bytes:
    """The handshake of a tab's socket."""
    token = "00000000-0000-4000-8000-000000000000"
    lines = [
        f"GET /_event/?token={token}&EIO=4&transport=websocket HTTP/1.1",
        f"Host: localhost:{port}",
        f"Origin: http://localhost:{port}",
        *("Upgrade: websocket", "Connection: Upgrade"),
        *("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def workers(of: int) -> list[int]:
    """A process's children."""
    return [int(each) for each in Path(f"/proc/{of}/task/{of}/children").read_text().split()]


def test_a_build_is_served(server: Served) -> None:
    assert server.ask(ASK).endswith(b"ok")
    page = server.ask(ASK.replace(b"/healthz", b"/"))
    assert b"200 OK" in page.partition(b"\r\n")[0]
    assert f"http://localhost:{server.port}/preview.png".encode() in page
    assert f"http://localhost:{server.port}" in server.log


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", b"GET / HTTP/1.1\r\nHost: local", ASK.replace(b"Connection: close\r\n", b"")],
    ids=["silent", "one byte", "half a head", "kept open"],
)
def test_a_connection_that_falls_silent_is_closed(server: Served, sent: bytes) -> None:
    server.ask(sent, within=10)


def test_a_killed_worker_is_replaced(server: Served) -> None:
    assert server.process is not None
    [worker] = workers(server.process.pid)
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while workers(server.process.pid) == [worker] or not server.listens():
        assert time.monotonic() < deadline, server.log
        time.sleep(0.05)
    assert server.ask(ASK).endswith(b"ok")
    assert server.process.poll() is None


def test_a_stop_waits_for_nobody_for_long(tmp_path: Path) -> None:
    with served(tmp_path) as made:
        open_ones = [made.connect(upgrade(made.port)) for _ in range(3)]
        for each in open_ones:
            assert b"101" in each.recv(1024).partition(b"\r\n")[0]
        open_ones += [made.connect(HALF) for _ in range(3)]
        open_ones += [made.connect() for _ in range(3)]
        time.sleep(0.5)
        assert made.stop() < 10
        assert made.process is not None
        assert made.process.returncode == 0, made.log
        assert not made.listens()
        assert "Traceback" not in made.log
        for each in open_ones:
            each.close()


def refused(folder: Path, **env: str) -> str:
    """What a start says that is refused."""
    made = Served(folder, env=env)
    try:
        made.begin()
        assert made.wait() == 1
    finally:
        end(made)
    assert "Traceback" not in made.log
    return made.log


def test_without_a_build_the_command_that_makes_one_is_named(tmp_path: Path) -> None:
    log = refused(tmp_path, REFLEX_WEB_WORKDIR=str(tmp_path / "nowhere"))
    assert log.startswith("Error: The pages aren't built yet.")
    assert "reflex export --no-zip" in log


def test_bad_settings_are_listed(tmp_path: Path) -> None:
    log = refused(tmp_path, PEPPER="letmein", MAIL_TRANSPORT="pigeon", GRANIAN_WORKERS="2")
    assert log.startswith("Error: anonmsg can't start with these settings:\n")
    for sentence in ("PEPPER: needs", "MAIL_TRANSPORT: ", "WORKERS: more than one"):
        assert log.count(f"\n  - {sentence}") == 1
    assert "letmein" not in log


def test_a_port_in_use_is_refused(server: Served, tmp_path: Path) -> None:
    log = refused(tmp_path, REFLEX_FRONTEND_PORT=str(server.port))
    assert f"port {server.port}: Address already in use. Choose another" in log


def test_a_port_that_was_in_use_a_moment_ago_is_free(tmp_path: Path) -> None:
    port = free_port()
    for _ in range(2):
        with served(tmp_path, port=port) as made:
            # The side that closes first keeps the address busy for a minute.
            connection = made.connect(ASK.replace(b"Connection: close\r\n", b""))
            assert connection.recv(1024)
            made.stop()
            connection.close()


def test_another_pepper_stops_the_start_with_one_sentence(ctx: Context, tmp_path: Path) -> None:
    peppers.check(ctx)
    factories.person(ctx, "ada")
    assert ctx.settings.data_dir == tmp_path / "data"
    log = refused(tmp_path, PEPPER=NOT_THE_PEPPER)
    assert log.count("PEPPER is not the one that the people") == 1
    assert NOT_THE_PEPPER not in log


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_listens_where_it_is_told_to(tmp_path: Path, host: str) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    made = Served(tmp_path, env={"REFLEX_BACKEND_HOST": host})
    try:
        made.begin()
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection((host, made.port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, made.log
                time.sleep(0.05)
    finally:
        end(made)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
