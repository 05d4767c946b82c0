"""Measures 200 people who sign in at once: what everybody else waits for meanwhile.

python -m bench.faults.sign_ins
python -m bench.faults.sign_ins --people 20
"""

from __future__ import annotations

import argparse
import asyncio
import time

from bench import people
from bench.faults import honest, report
from bench.faults.background import run_elsewhere
from bench.faults.http import Http, network
from bench.faults.report import Row, Rows
from bench.faults.site import AS_CONFIGURED, Site, site

PEOPLE, QUIET_SECONDS, TIMES = 200, 5.0, 3
MOST = {"healthz p99 ms": 50, "send p99 ms": 300, "send failed": 0, "healthz failed": 0, "5xx": 0}


async def sign_in(port: int, number: int) -> tuple[int, float]:
    """Sign in from a network of one's own; return the status and how long it took, in ms."""
    fields = {"identifier": f"p{number}", "password": people.PASSWORD}
    async with Http(port, network(number)) as browser:
        began = time.monotonic()
        try:
            answer = await browser.post("/sign-in", fields, Accept="application/json")
        except OSError:
            return 599, 0.0
        return answer.status, (time.monotonic() - began) * 1000


async def rush(made: Site, count: int, times: int) -> Row:
    """Let them all sign in at once, so many times; return how they fared."""
    answers: list[tuple[int, float]] = []
    for _ in range(times):
        answers += await asyncio.gather(*(sign_in(made.port, each) for each in range(count)))
    statuses = [status for status, _ in answers]
    return {
        "signed in": statuses.count(200),
        "come again": sum(status in {429, 503} for status in statuses),
        "5xx": sum(status >= 500 and status != 503 for status in statuses),
        "slowest s": max(took for _, took in answers) / 1000,
    }


def measure(count: int = PEOPLE, times: int = TIMES, quiet: float = QUIET_SECONDS) -> Rows:
    """Return what others waited for, in quiet and during the rush."""
    names = [f"p{number}" for number in range(count)]
    found: Rows = {}
    with site(*names, *honest.inboxes(), env=AS_CONFIGURED) as made:
        with honest.asking(made.port, "send", "healthz") as probes:
            time.sleep(quiet)
        found["quiet"] = probes["healthz"].figures("healthz") | probes["send"].figures("send")
        with honest.asking(made.port, "send", "healthz") as probes:
            fared = run_elsewhere(rush(made, count, times))
        during = probes["healthz"].figures("healthz") | probes["send"].figures("send")
        found[f"{times} times {count} sign-ins at once"] = during | fared
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args()
    report.show("sign-ins", measure(options.people, options.times), MOST)


if __name__ == "__main__":
    main()
