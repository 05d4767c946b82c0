"""Measures the memory that a further worker adds, and how soon a killed one is back.

    python -m bench.scale.workers
    python -m bench.scale.workers --kills 1 --seconds 1

Memory is the proportional set size of the whole process tree, of which workers share
what was loaded before they were forked.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import time

from bench.faults import report
from bench.faults.http import Http
from bench.faults.kills import RESPAWNED_WITHIN
from bench.faults.report import Row, Rows, percentile
from bench.faults.site import LOOK_SECONDS, Site
from bench.load import Load, wrk
from bench.scale.installations import sharing
from tests.holders import holder

KILLS, SECONDS, MANY = 5, 3, 3
MOST = {"a further one MB": 60.0, "longest s": 2.0, "not back": 0}
BACK_WITHIN = 30.0


def memory(workers: int, seconds: int) -> Row:
    """Return what so many workers take, in MB: at rest, and after sends and opens."""
    with sharing("ada", workers=workers) as made:
        time.sleep(1)
        found: Row = {"idle MB": made.memory()}
        for what in ("send", "open"):
            wrk(made.port, Load(what, 50), seconds)
        return found | {"after a load MB": made.memory(), "workers": len(made.workers())}


def with_further_ones(seconds: int, many: int = MANY) -> Rows:
    """Return the memory of one worker and of many, and what each further one adds."""
    one, all_of_them = memory(1, seconds), memory(many, seconds)
    further: Row = {
        "a further one MB": max(
            ((all_of_them[name] or 0) - (one[name] or 0)) / (many - 1)
            for name in ("idle MB", "after a load MB")
        )
    }
    return {"1 worker": one, f"{many} workers": all_of_them | further}


def killed(kills: int) -> Row:
    """Kill one of two workers so often; return how soon another answers in its place."""
    with sharing("ada") as made:
        waits = [asyncio.run(kill(made)) for _ in range(kills)]
    back = [each for each in waits if each is not None]
    return {
        "kills": kills,
        "not back": kills - len(back),
        "p50 s": percentile(back, 0.5),
        "longest s": max(back, default=None),
    }


async def kill(made: Site) -> float | None:
    """Kill a worker; return the seconds until a new one has answered a page, if any has."""
    # Those that die young end the server; see the kills.
    await asyncio.sleep(RESPAWNED_WITHIN)
    before = set(made.workers())
    began = time.monotonic()
    os.kill(max(before), signal.SIGKILL)
    while time.monotonic() < began + BACK_WITHIN:
        if (new := set(made.workers()) - before) and await _answers(made, new):
            return time.monotonic() - began
        await asyncio.sleep(LOOK_SECONDS)
    return None


async def _answers(made: Site, workers: set[int]) -> bool:
    """Open a page on a new connection; return whether one of these workers answered."""
    async with Http(made.port) as browser:
        try:
            answer = await browser.get("/u/ada")
        except OSError:
            return False
        who = holder(made.pid, made.port, browser.local_port)
        return answer.status == 200 and who in workers


def measure(kills: int = KILLS, seconds: int = SECONDS) -> Rows:
    """Return the memory, and the waits."""
    return with_further_ones(seconds) | {"one of 2 workers, killed": killed(kills)}


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of sends, and of opens")
    options = parser.parse_args()
    rows = measure(options.kills, options.seconds)
    report.table(rows, lambda _title, row: report.over(row, MOST))
    report.line("scale workers", goals=MOST, found=rows)


if __name__ == "__main__":
    main()
