"""Debian's redis-server, started by the tests on a free port and ended after them."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import redis
from redis.exceptions import RedisError

from tests.ports import free_port

MISSING = (
    "The tests need redis-server: install it with `make redis` (apt-get install redis-server)."
)
# Nothing on disk, as anonmsg demands.
IN_MEMORY = ("--save", "", "--appendonly", "no")
WITHIN = 30.0


@dataclass
class RedisServer:
    """One server; it may be stopped and started again on the same port, empty."""

    options: tuple[str, ...] = IN_MEMORY
    password: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as REDIS_URL."""
        who = f":{self.password}@" if self.password else ""
        return f"redis://{who}127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        """A client of the test's own."""
        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = shutil.which("redis-server")
        assert program, MISSING
        secret = ("--requirepass", self.password) if self.password else ()
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", *self.options, *secret],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        deadline = time.monotonic() + WITHIN
        while True:
            with suppress(RedisError), self.client() as client:
                client.execute_command("PING")
                return
            assert self.process.poll() is None, "redis-server ended at once"
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it: whatever it held is gone."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(WITHIN)
            self.process = None


@contextmanager
def redis_server(**options: object) -> Iterator[RedisServer]:
    """A server that answers, until the end of the block."""
    made = RedisServer(**options)  # type: ignore[arg-type]
    try:
        made.start()
        yield made
    finally:
        made.stop()
