"""An honest person, in a process of their own, whose answers are timed all the while.

The process that floods would otherwise hold up its own measurement.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from bench.faults.http import Http
from bench.faults.report import Row, percentile

# Few enough that no limit is reached within half an hour, with a network for each send.
INBOXES = 40
PAUSE = 0.05
ENDS_WITHIN = 90.0


def inboxes() -> list[str]:
    """Return the usernames that honest people write to."""
    return [f"honest{number}" for number in range(INBOXES)]


@dataclass
class Probe:
    """What honest people waited for, in ms, and how often they were refused or got nothing."""

    took: list[float] = field(default_factory=list)
    failed: int = 0

    def figures(self, what: str) -> Row:
        """Return the slowest answers but one in a hundred, and the failures."""
        return {f"{what} p99 ms": percentile(self.took, 0.99), f"{what} failed": self.failed}


@contextmanager
def asking(port: int, *whats: str) -> Iterator[dict[str, Probe]]:
    """Ask all the while, each kind in a process of its own; the figures are there afterwards.

    Args:
        port: The server's port.
        whats: "send" or "healthz".
    """
    spawn = multiprocessing.get_context("spawn")
    over = spawn.Event()
    found = {what: Probe() for what in whats}
    running: list[tuple[str, Any, Any]] = []
    for what in whats:
        here, there = spawn.Pipe()
        process = spawn.Process(target=_ask, args=(port, what, over, there), daemon=True)
        process.start()
        running.append((what, process, here))
    for _, _, here in running:
        here.recv()
    try:
        yield found
    finally:
        over.set()
        for what, process, here in running:
            if here.poll(ENDS_WITHIN):
                found[what].took, found[what].failed = here.recv()
            process.join(1)
            process.kill()
            here.close()


def _ask(port: int, what: str, over: Event, pipe: Connection) -> None:
    asyncio.run(_keep_asking(port, what, over, pipe))


async def _keep_asking(port: int, what: str, over: Event, pipe: Connection) -> None:
    http, number, probe = Http(port), secrets.randbelow(50_000), Probe()
    pipe.send("ready")
    while not over.is_set() or not probe.took:
        number += 1
        began = time.perf_counter()
        try:
            is_answered = await _once(http, what, number)
        except OSError:
            is_answered = False
        probe.took.append((time.perf_counter() - began) * 1000)
        probe.failed += not is_answered
        await asyncio.sleep(PAUSE)
    http.close()
    pipe.send((probe.took, probe.failed))


async def _once(http: Http, what: str, number: int) -> bool:
    if what == "healthz":
        return (await http.get("/healthz")).status == 200
    http.address = f"10.{40 + number // 62_500}.{number // 250 % 250}.{number % 250}"
    fields = {"message": f"honest {number}", "key": secrets.token_hex(16)}
    answer = await http.post(f"/u/honest{number % INBOXES}", fields)
    return answer.status == 200
