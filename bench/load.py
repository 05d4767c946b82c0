"""Measures sending and page loads under load, against the floor.

    make bench-load                     # a minute a row, about half an hour
    make bench-load SECONDS=5           # a quick look

The same machine runs the load (wrk) against the app and the floor in turn, so the
ratios mean more than the absolute figures. Both servers run all the time; the floor is
measured before and after the rows that are compared with it, so that a machine that
gets busier in between shows as a range.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from bench import people, servers

CONNECTIONS = (10, 50)
INBOXES, NETWORKS = 20_000, 5_000
KEPT = 100_000
SCRIPT = Path(__file__).parent / "load.lua"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
# The least share of the floor's rate, and how much slower the end may be than the start.
GOALS = {"send": 0.5, "open": 0.35}
SLOWER = 0.05


@dataclass(frozen=True)
class Load:
    """What is asked for, and by whom."""

    what: str
    connections: int
    inboxes: int = 1
    networks: int = 1

    @property
    def name(self) -> str:
        """The load in words."""
        inboxes = "1 inbox" if self.inboxes == 1 else f"{self.inboxes:,} inboxes"
        networks = "1 network" if self.networks == 1 else f"{self.networks:,} networks"
        return f"{self.what}, {self.connections} connections, {inboxes}, {networks}"


@dataclass(frozen=True)
class Row:
    """What was measured: requests per second at both ends, the worst p99, and refusals."""

    first: float
    last: float
    rate: float
    p99: float
    refused: int


def wrk(port: int, load: Load, seconds: int) -> tuple[float, float, int]:
    """Run wrk; return requests per second, the 99th percentile in ms, and refusals."""
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "--latency", "-s"]
    command += [str(SCRIPT), f"http://127.0.0.1:{port}", "--", load.what]
    command += [str(load.inboxes), str(load.networks)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", out)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if not rate or not p99:
        raise SystemExit(out)
    return float(rate[1]), float(p99[1]) * UNITS[p99[2]], int(refused[1]) if refused else 0


def measure(port: int, load: Load, seconds: int) -> Row:
    """Put a load on a server without a pause: its first ten seconds, the rest, its last ten."""
    end = max(1, min(10, seconds // 3))
    parts = [(each, wrk(port, load, each)) for each in (end, max(1, seconds - 2 * end), end)]
    total = sum(length for length, _ in parts)
    return Row(
        first=parts[0][1][0],
        last=parts[-1][1][0],
        rate=sum(length * found[0] for length, found in parts) / total,
        p99=max(found[1] for _, found in parts),
        refused=sum(found[2] for _, found in parts),
    )


def rows(folder: Path, seconds: int) -> list[tuple[Load, Row, list[Row]]]:
    """Measure every load, each with the rows of the floor around it."""
    data = folder / "app"
    people.make(data, messages=KEPT)
    people.crowd(data, [f"p{number}@example.com" for number in range(INBOXES)])
    found = []
    app_port = servers.free_port()
    with servers.app(data, app_port, {"TRUSTED_PROXY_HOPS": "1"}):
        floor_port = servers.free_port()
        with servers.floor(folder / "floor", floor_port):
            for what, connections in product(GOALS, CONNECTIONS):
                bare = Load(what, connections)
                measure(app_port, bare, 1)
                floors = [measure(floor_port, bare, seconds)]
                loads = [
                    Load(what, connections, inboxes, networks)
                    for inboxes, networks in product((1, INBOXES), (1, NETWORKS))
                ]
                measured = [(load, measure(app_port, load, seconds)) for load in loads]
                floors.append(measure(floor_port, bare, seconds))
                found += [(load, row, floors) for load, row in measured]
                show(floors, found[-len(loads) :])
    return found


def show(floors: list[Row], found: list[tuple[Load, Row, list[Row]]]) -> None:
    """Print the floor and the rows that are compared with it."""
    load, _, _ = found[0]
    for floor in floors:
        print(f"{f'floor: {load.what}, {load.connections} connections':56}{_figures(floor)}")
    for load, row, _ in found:
        verdict = "" if is_reached(load, row, floors) else "  goal missed"
        print(f"{load.name:56}{_figures(row)}{of_floor(row, floors):9.2f}{verdict}", flush=True)


def _figures(row: Row) -> str:
    kept = row.last / row.first
    return f"{row.rate:9.0f}/s{kept:9.2f}{row.p99:9.1f} ms{row.refused:9}"


def of_floor(row: Row, floors: list[Row]) -> float:
    """Return a row's rate as a share of the floor's around it."""
    return row.rate / (sum(each.rate for each in floors) / len(floors))


def is_reached(load: Load, row: Row, floors: list[Row]) -> bool:
    """Return whether a row reaches the goals."""
    is_fast = of_floor(row, floors) >= GOALS[load.what] and row.last >= (1 - SLOWER) * row.first
    # The floor of a page is a few bytes, so only sends are compared in their slowest.
    is_even = load.what == "open" or row.p99 <= max(each.p99 for each in floors)
    return is_fast and is_even and not row.refused


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long each row takes")
    seconds = parser.parse_args().seconds
    print(f"{'':56}{'rate':>11}{'last':>9}{'p99':>12}{'refused':>9}{'of floor':>9}")
    with tempfile.TemporaryDirectory() as folder:
        found = rows(Path(folder), seconds)
    each = [
        {**asdict(load), **asdict(row), "of_floor": of_floor(row, floors)}
        for load, row, floors in found
    ]
    print(json.dumps({"bench": "load", "machine": os.getloadavg(), "found": each}))


if __name__ == "__main__":
    main()
