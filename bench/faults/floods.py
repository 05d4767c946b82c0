"""Floods one server in each way we know: an honest Send's p99 meanwhile, and the memory.

    python -m bench.faults.floods
    python -m bench.faults.floods --seconds 3 --size 0.05 --only marks

Limits are as they are configured by default. What is quiet is measured before each
flood, in the same run and as long. The flood and the server share the cores, so the
flood gives way to the server, as if it ran elsewhere.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from anonmsg.framework.open_files import raise_limit
from bench.faults import floods_of_events, floods_of_requests, honest, report
from bench.faults.background import run_elsewhere
from bench.faults.report import Row, Rows
from bench.faults.site import AS_CONFIGURED, Site, site

SECONDS = 10.0
MOST = {"times quiet": 3.0, "send failed": 0}
# The flooding account, and people whose limits must not be the flooder's.
FLOODER = "mallory"
# Gets the port, and how large the flood is as a share of its full size. It goes on until
# it's cancelled, or until it has done all that it's there for.
Flood: TypeAlias = Callable[[int, float], Awaitable[None]]
FLOODS: dict[str, Flood] = {
    "marks over events": floods_of_events.marks,
    "refused posts with marks": floods_of_requests.refused_posts,
    "posts to /export with marks": floods_of_requests.exports,
    "45 tabs change a password": floods_of_events.password_changes,
    "1,000 half-open connections": floods_of_requests.half_open,
    "2,000 connects": floods_of_events.connects,
    "20,000 events on a socket": floods_of_events.many_events,
    "slow readers": floods_of_requests.slow_readers,
}


async def run(flood: Flood, port: int, size: float, seconds: float) -> None:
    """Run a flood for so long; what it started ends with it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await flood(port, size)
            await asyncio.sleep(seconds)


def flooded(made: Site, flood: Flood, size: float, seconds: float) -> Row:
    """Return what an honest sender waited for in quiet and during a flood."""
    with honest.asking(made.port, "send") as quiet:
        time.sleep(seconds)
    before = made.memory()
    with honest.asking(made.port, "send") as during:
        run_elsewhere(run(flood, made.port, size, seconds))
        after = made.memory()
    calm = quiet["send"].figures("quiet")
    busy = during["send"].figures("send")
    times = (busy["send p99 ms"] or 0) / (calm["quiet p99 ms"] or 1)
    grown: Row = {"before MB": before, "during MB": after}
    return {"quiet p99 ms": calm["quiet p99 ms"], **busy, "times quiet": times, **grown}


def measure(seconds: float = SECONDS, size: float = 1.0, only: str = "") -> Rows:
    """Return the figures of each flood, each on a server of its own.

    Args:
        seconds: How long each lasts.
        size: How large it is, as a share of its full size.
        only: Only those whose name has this in it.
    """
    raise_limit()
    found: Rows = {}
    for name, flood in FLOODS.items():
        if only in name:
            with site(FLOODER, "ada", *honest.inboxes(), env=AS_CONFIGURED) as made:
                worker = made.worker()
                found[name] = flooded(made, flood, size, seconds)
                found[name]["crashes"] = int(made.worker() != worker)
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--size", type=float, default=1.0, help="a share of the full flood")
    parser.add_argument("--only", default="", help="only the floods whose name has this in it")
    options = parser.parse_args()
    report.show("floods", measure(options.seconds, options.size, options.only), MOST)


if __name__ == "__main__":
    main()
