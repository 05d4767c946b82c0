"""Two real workers are measured together, and a worker that dies leaves its counts."""

from __future__ import annotations

import math
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.test_serve import upgrade
from tests.holders import workers
from tests.redis_server import RedisServer
from tests.served import Served, served

ASK = "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture
def server(redis: RedisServer, tmp_path: Path) -> Iterator[Served]:
    sooner = "from anonmsg.framework import samples\nsamples.EVERY_SECONDS = 0.2"
    env = {"REDIS_URL": redis.url, "WORKERS": "2"}
    with served(tmp_path, first=sooner, env=env) as made:
        yield made


def scrape(server: Served) -> str:
    return server.ask(ASK.format(path="/metrics").encode()).decode()


def value(server: Served, series: str) -> float:
    try:
        told = scrape(server)
    except OSError:
        # A worker that was just killed had taken the connection.
        return math.nan
    found = re.search(rf"^{re.escape(series)} (\S+)\r?$", told, re.MULTILINE)
    return float(found[1]) if found else 0.0


def eventually(server: Served, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, scrape(server) + server.log
        time.sleep(0.1)


def test_workers_count_together(server: Served, tmp_path: Path) -> None:
    health = 'anonmsg_requests_total{method="GET",route="/healthz",status="200"}'
    for _ in range(60):
        server.ask(ASK.format(path="/healthz").encode())
    assert value(server, health) == 60
    folder = tmp_path / "data" / "metrics" / str(server.port)
    assert folder.is_dir()
    both = [each for each in folder.glob("counter_*.db") if each.stat().st_size]
    assert len(both) >= 2
    eventually(server, lambda: value(server, "anonmsg_workers") == 2)
    # Each hears what it publishes.
    eventually(server, lambda: 0 < value(server, "anonmsg_bus_lag_seconds") < 10)


def test_a_proxy_that_nobody_configured_gets_nothing(server: Served) -> None:
    asked = ASK.format(path="/metrics").replace("HTTP/1.1", "HTTP/1.0")
    assert b" 404 " in server.ask(asked.encode()).partition(b"\r\n")[0]


def test_a_killed_workers_sockets_are_gone_and_its_counts_stay(server: Served) -> None:
    health = 'anonmsg_requests_total{method="GET",route="/healthz",status="200"}'
    eventually(server, lambda: value(server, "anonmsg_workers") == 2)
    sockets = [server.connect(upgrade(server.port)) for _ in range(12)]
    for each in sockets:
        assert b"101" in each.recv(1024).partition(b"\r\n")[0]
    for _ in range(20):
        server.ask(ASK.format(path="/healthz").encode())
    eventually(server, lambda: value(server, "anonmsg_sockets") == 12)
    assert server.process is not None
    for worker in workers(server.process.pid):
        os.kill(worker, signal.SIGKILL)
    eventually(server, server.listens)
    for each in sockets:
        each.close()
    eventually(server, lambda: value(server, "anonmsg_sockets") == 0)
    eventually(server, lambda: value(server, "anonmsg_workers") == 2)
    assert value(server, health) == 20


def test_a_new_start_counts_from_zero(redis: RedisServer, tmp_path: Path) -> None:
    health = 'anonmsg_requests_total{method="GET",route="/healthz",status="200"}'
    env = {"REDIS_URL": redis.url, "WORKERS": "2"}
    for _ in range(2):
        with served(tmp_path, env=env) as made:
            made.ask(ASK.format(path="/healthz").encode())
            assert value(made, health) == 1
            made.stop()
