"""Measures sending and page loads with 50 connections, against the floor.

    make bench-load

The same machine runs the load (wrk) against the app and the floor in turn, so
the ratios mean more than the absolute figures.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

from bench import people, servers

CONNECTIONS, SECONDS, ROUNDS = 50, 5, 3
SEND = Path(__file__).parent / "send.lua"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


def wrk(url: str, script: Path | None = None) -> dict[str, float]:
    """Run wrk and return requests per second, the 99th percentile in ms, and refusals."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    command += ["-s", str(script)] if script else []
    out = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", out)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if not rate or not p99:
        raise SystemExit(out)
    return {
        "rate": float(rate[1]),
        "p99": float(p99[1]) * UNITS[p99[2]],
        "refused": float(refused[1]) if refused else 0.0,
    }


def median(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the round with the median rate."""
    return sorted(rounds, key=lambda each: each["rate"])[len(rounds) // 2]


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Measure every case once per round, so that machine drift affects all of them equally."""
    full, empty = folder / "full", folder / "empty"
    people.make(full, messages=100_000)
    people.make(empty)
    found: dict[str, list[dict[str, float]]] = {}
    port = servers.free_port()
    for _ in range(ROUNDS):
        with servers.floor(folder / "floor", port):
            found.setdefault("floor: send", []).append(wrk(f"http://127.0.0.1:{port}/u/ada", SEND))
            found.setdefault("floor: page", []).append(wrk(f"http://127.0.0.1:{port}/u/ada"))
        for name, data in (("", empty), (" (100,000 kept)", full)):
            with servers.app(data, port):
                url = f"http://127.0.0.1:{port}/u/ada"
                found.setdefault(f"app: send{name}", []).append(wrk(url, SEND))
                found.setdefault(f"app: page{name}", []).append(wrk(url))
    return {name: median(rounds) for name, rounds in found.items()}


def main() -> None:
    """Measure, and print a table and a JSON line."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    print(f"{'':28}{'per second':>12}{'p99 ms':>10}{'of floor':>10}{'refused':>9}")
    for name, each in found.items():
        floor = found["floor: " + ("send" if "send" in name else "page")]
        each["of_floor"] = each["rate"] / floor["rate"]
        each["p99_of_floor"] = each["p99"] / floor["p99"]
        row = f"{each['rate']:12.0f}{each['p99']:10.1f}{each['of_floor']:10.2f}"
        print(f"{name:28}{row}{each['refused']:9.0f}")
    print(json.dumps({"bench": "load", "connections": CONNECTIONS, "found": found}))


if __name__ == "__main__":
    main()
