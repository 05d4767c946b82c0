"""Measures sends, opens and events for each installation, in turn, at 50 connections.

    python -m bench.scale.rates
    python -m bench.scale.rates --seconds 4 --rounds 3

Every round measures each installation once, and begins with another one, so that a
machine that gets busier hits all of them alike: compare the ratios, which are taken
within a round, and the processor's milliseconds. An event is a signed-in tab's
`refresh` of a full inbox by its socket; sends and opens come from wrk.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median

from bench import people
from bench.faults import report
from bench.faults.http import Http, network
from bench.faults.report import Row, Rows, percentile
from bench.faults.site import sign_in
from bench.faults.tabs import Tab
from bench.load import Load, wrk
from bench.scale.installations import (
    ON_POSTGRESQL,
    ON_SQLITE,
    PARTS,
    SEVERAL,
    Installation,
    installations,
)

SECONDS, ROUNDS, CONNECTIONS = 5, 3, 50
WHATS = ("send", "open", "event")
# A full slice of an inbox, which no send of this changes.
READER, MESSAGES = "bea", 20
# The least share of SQLite's rate, and how many times its processor a send may take.
LEAST = {ON_POSTGRESQL: 0.9, SEVERAL: 0.95}
MOST_CPU = 1.15
OF_SQLITE, CPU_OF_SQLITE = "of SQLite", "CPU of SQLite"


@dataclass(frozen=True)
class Measured:
    """What one installation did in one round.

    Attributes:
        rate: Requests or events a second.
        p99: The 99th percentile in ms.
        refused: How many were answered by anything else.
        cpu: Milliseconds of processor a request, by part.
    """

    rate: float
    p99: float
    refused: int
    cpu: dict[str, float]


def measure(
    seconds: int = SECONDS, rounds: int = ROUNDS, connections: int = CONNECTIONS
) -> dict[str, dict[str, list[Measured]]]:
    """Return each round's figures by installation, and that by what was done."""
    found: dict[str, dict[str, list[Measured]]] = {what: {} for what in WHATS}
    with installations("ada") as each:
        for one in each.values():
            made = one.site
            people.make(made.data, name=READER, messages=MESSAGES, database=made.database)
        order = list(each)
        for number in range(-1, rounds):
            for what in WHATS:
                for name in order[number % len(order) :] + order[: number % len(order)]:
                    # The round before the first one warms up.
                    length = seconds if number >= 0 else 1
                    row = measure_one(each[name], what, length, connections)
                    if number >= 0:
                        found[what].setdefault(name, []).append(row)
    return found


def measure_one(installation: Installation, what: str, seconds: int, connections: int) -> Measured:
    """Put a load on an installation for so long."""
    load = partial(_ask, installation, Load(what, connections), seconds)
    if what == "event":
        load = partial(asyncio.run, _refresh(installation, seconds, connections))
    return load()


def _ask(installation: Installation, load: Load, seconds: int) -> Measured:
    before = installation.cpu()
    rate, p99, refused = wrk(installation.site.port, load, seconds)
    used = _used(before, installation.cpu(), rate * seconds)
    return Measured(rate, p99, refused, used)


def _used(before: dict[str, float], after: dict[str, float], requests: float) -> dict[str, float]:
    """Return the milliseconds of processor that each part has used for a request."""
    return {part: 1000 * (after[part] - before[part]) / max(1.0, requests) for part in PARTS}


async def _refresh(installation: Installation, seconds: float, connections: int) -> Measured:
    """Keep refreshing in so many tabs of one person, who has signed in before."""
    port = installation.site.port
    async with Http(port) as browser:
        cookie = await sign_in(browser, READER)
    tabs = [Tab(port, "/dashboard", network(n), cookie) for n in range(connections)]
    try:
        for tab in tabs:
            await tab.open()
            await tab.load()
            await tab.settle(0.05)
        before, began = installation.cpu(), time.monotonic()
        took = await asyncio.gather(*(_keep_refreshing(tab, began + seconds) for tab in tabs))
        lasted, after = time.monotonic() - began, installation.cpu()
    finally:
        for tab in tabs:
            tab.abort()
    every = [each for of_tab in took for each in of_tab]
    used = _used(before, after, len(every))
    return Measured(len(every) / lasted, percentile(every, 0.99) or 0.0, 0, used)


async def _keep_refreshing(tab: Tab, ends_at: float) -> list[float]:
    """Refresh again and again; return how long each took, in ms."""
    took = []
    while (began := time.monotonic()) < ends_at:
        await tab.refresh()
        took.append((time.monotonic() - began) * 1000)
        tab.frames.clear()
    return took


def summed(found: dict[str, dict[str, list[Measured]]]) -> Rows:
    """Return the medians of all rounds, and the ratios to SQLite within each."""
    rows: Rows = {}
    for what, by_name in found.items():
        for name, rounds in by_name.items():
            rates = _ratios(rounds, by_name[ON_SQLITE], lambda each: each.rate)
            cpus = _ratios(rounds, by_name[ON_SQLITE], lambda each: each.cpu["app"])
            row: Row = {"per s": median(each.rate for each in rounds)}
            row["p99 ms"] = median(each.p99 for each in rounds)
            row |= {f"{part} CPU ms": median(each.cpu[part] for each in rounds) for part in PARTS}
            row |= {OF_SQLITE: median(rates), "lowest": min(rates), "highest": max(rates)}
            row |= {CPU_OF_SQLITE: median(cpus), "refused": sum(each.refused for each in rounds)}
            rows[f"{what}: {name}"] = row
    return rows


def _ratios(
    rounds: Sequence[Measured], first: Sequence[Measured], figure: Callable[[Measured], float]
) -> list[float]:
    """Return each round's figure as a share of the first installation's in the same round."""
    return [figure(a) / (figure(b) or 1.0) for a, b in zip(rounds, first, strict=True)]


def missed(title: str, row: Row) -> list[str]:
    """Return the figures of a row that miss their goals."""
    what, _, name = title.partition(": ")
    least, share, cpu = LEAST.get(name, 0.0), row[OF_SQLITE] or 0.0, row[CPU_OF_SQLITE] or 0.0
    is_costly = what == "send" and cpu > MOST_CPU
    found = [OF_SQLITE] * (share < least) + [CPU_OF_SQLITE] * is_costly
    return found + ["refused"] * bool(row["refused"])


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long each row takes")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    found = measure(options.seconds, options.rounds)
    rows = summed(found)
    report.table(rows, missed)
    rounds = {
        f"{what}: {name}": [asdict(each) for each in measured]
        for what, by_name in found.items()
        for name, measured in by_name.items()
    }
    goals = {"least rate": LEAST, "most CPU of a send": MOST_CPU}
    report.line("scale rates", goals=goals, found=rows, rounds=rounds)


if __name__ == "__main__":
    main()
