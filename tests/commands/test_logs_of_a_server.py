"""The log of a real server, in text and in JSON, however it was started."""

from __future__ import annotations

import json
import os
import secrets
import signal
import time
from pathlib import Path

import pytest

from anonmsg.config import ROTATED_NAMES
from tests.commands.test_serve import ASK
from tests.holders import workers
from tests.redis_server import RedisServer
from tests.served import REFLEX_RUN, SERVE, Served, end, served

SEND = (
    b"POST /u/ada HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.77\r\n"
    b"User-Agent: planted-agent\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 20\r\nConnection: close\r\n\r\nmessage=planted-text"
)


@pytest.mark.parametrize("way", [SERVE, REFLEX_RUN], ids=["serve", "reflex run"])
def test_every_line_is_json(tmp_path: Path, redis: RedisServer, way: str) -> None:
    # A worker that doesn't end in time is killed, which is a line of the server's own.
    slow = "from anonmsg.framework import server\nserver.STOPS_WITHIN = 0.001"
    env = {"LOG_FORMAT": "json", "REDIS_URL": redis.url}
    with served(tmp_path, first=slow, way=way, env=env) as made:
        assert made.ask(ASK).endswith(b"ok")
        made.ask(SEND)
        made.stop()
        lines = [json.loads(line) for line in made.log.splitlines()]
    messages = [line["message"] for line in lines]
    assert any("while TRUSTED_PROXY_HOPS is 0" in message for message in messages)
    assert any(line["logger"] == "_granian" for line in lines)
    assert [word for word in ("planted", "203.0.113.77", "ada") if word in made.log] == []


def test_a_line_of_text_has_its_time_and_level(tmp_path: Path) -> None:
    with served(tmp_path) as made:
        made.ask(SEND)
        made.stop()
    for line in made.log.splitlines():
        day, _clock, level, *_message = line.split()
        assert time.strptime(day, "%Y-%m-%d")
        assert level in {"INFO", "WARNING"}
    assert "planted" not in made.log


def test_a_worker_that_cannot_start_says_why_as_json(tmp_path: Path, redis: RedisServer) -> None:
    env = {name: secrets.token_urlsafe(32) for name in (*ROTATED_NAMES, "PEPPER")}
    env |= {"LOG_FORMAT": "json", "REDIS_URL": redis.url, "INSTANCES": "several"}
    env |= {"SMTP_URL": "smtps://user:password@127.0.0.1:9", "MAIL_TRANSPORT": "smtp"}
    env |= {"MAIL_FROM": "us@example.com"}
    with served(tmp_path, env=env):
        pass
    # Another host's secret, as only the database tells.
    made = Served(tmp_path, env=env | {"ACCESS_TOKEN_SECRET": secrets.token_urlsafe(32)})
    try:
        made.begin()
        assert made.wait() == 1
    finally:
        end(made)
    lines = [json.loads(line) for line in made.log.splitlines()]
    assert any("ACCESS_TOKEN_SECRET: is not the one" in line["message"] for line in lines)


def test_a_killed_worker_is_told(tmp_path: Path) -> None:
    with served(tmp_path, env={"LOG_FORMAT": "json"}) as made:
        assert made.process is not None
        [worker] = workers(made.process.pid)
        os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while workers(made.process.pid) == [worker] or not made.listens():
            assert time.monotonic() < deadline, made.log
            time.sleep(0.05)
        lines = [json.loads(line) for line in made.log.splitlines()]
    assert any(line["level"] == "error" and line["logger"] == "_granian" for line in lines)
