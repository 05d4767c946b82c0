"""A server that is told to stop: not ready from then on, and it serves for as long as it's set."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from anonmsg.config.version import VERSION
from tests.redis_server import RedisServer
from tests.served import Served, end, served

READY = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
HEALTH = READY.replace(b"readyz", b"healthz")


def readiness(server: Served) -> tuple[int, str, str]:
    """The status, the headers and the body of `/readyz`."""
    head, _, body = server.ask(READY).decode().partition("\r\n\r\n")
    return int(head.split()[1]), head.lower(), body.strip()


def until_ready(server: Served) -> None:
    deadline = time.monotonic() + 30
    while (found := readiness(server))[0] != 200:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def told_to_stop(server: Served, times: int = 1) -> float:
    assert server.process is not None
    for _ in range(times):
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.05)
    return time.monotonic()


def until_stopping(server: Served) -> None:
    deadline = time.monotonic() + 10
    while readiness(server)[0] == 200:
        assert time.monotonic() < deadline, server.log
        time.sleep(0.02)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_stops_serves_on_and_says_it_is_not_ready(
    tmp_path: Path, redis: RedisServer, workers: int
) -> None:
    env = {"DRAIN_SECONDS": "3", "WORKERS": str(workers), "REDIS_URL": redis.url}
    with served(tmp_path, env=env) as made:
        until_ready(made)
        status, head, body = readiness(made)
        assert (status, body) == (200, f"ready, anonmsg {VERSION}")
        assert "cache-control: no-store" in head
        assert "set-cookie" not in head
        began = told_to_stop(made)
        until_stopping(made)
        while time.monotonic() < began + 2:
            # Every worker answers so, whichever is asked.
            status, head, body = readiness(made)
            assert (status, body) == (503, "stop")
            assert "cache-control: no-store" in head
            assert made.ask(HEALTH).endswith(b"ok")
            time.sleep(0.05)
        assert made.wait() == 0
        assert time.monotonic() >= began + 2.5
        assert "Traceback" not in made.log


def test_a_second_signal_ends_the_wait(tmp_path: Path) -> None:
    with served(tmp_path, env={"DRAIN_SECONDS": "120"}) as made:
        told_to_stop(made)
        until_stopping(made)
        told_to_stop(made)
        assert made.wait() == 0


def test_a_worker_that_cannot_start_ends_the_server_without_a_wait(tmp_path: Path) -> None:
    # The database is opened by each worker; this one is a folder.
    (tmp_path / "data" / "anonmsg.db").mkdir(parents=True)
    made = Served(tmp_path, env={"DRAIN_SECONDS": "120"})
    try:
        made.begin()
        assert made.wait() == 1
    finally:
        end(made)


def test_a_ready_server_names_the_part_that_fails(tmp_path: Path, own_redis: RedisServer) -> None:
    with served(tmp_path, env={"REDIS_URL": own_redis.url}) as made:
        until_ready(made)
        deadline = time.monotonic() + 20
        own_redis.stop()
        while readiness(made)[::2] != (503, "redis, bus"):
            assert time.monotonic() < deadline, made.log
            time.sleep(0.1)
        assert made.ask(HEALTH).endswith(b"ok")
        own_redis.start()
        until_ready(made)
        assert str(own_redis.port) not in made.log
        assert made.process is not None
        os.kill(made.process.pid, 0)
