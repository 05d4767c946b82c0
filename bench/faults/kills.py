"""Kills the server under load, again and again: lost, doubled, and when it answers again.

    python -m bench.faults.kills
    python -m bench.faults.kills --kills 10 --senders 5

Every other time only the worker that serves is killed, which the server replaces by
itself; the other times all of it is, and a new one is started at once, as a supervisor
such as systemd would. Senders press **Send** again, with the same retry key.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import time
from itertools import cycle, islice

from bench.faults import report
from bench.faults.http import Http
from bench.faults.ledger import Ledger
from bench.faults.report import Row, Rows, percentile
from bench.faults.sending import Poster, Tabber, keep_sending
from bench.faults.site import Site, site

KILLS, SENDERS = 100, 20
MOST = {"lost": 0, "doubled": 0, "unsound": 0, "longest s": 3.0}
# Seconds of load between two kills. A worker that dies within 5.5 s of its start ends the
# service, which is what tells a supervisor that something is wrong.
BETWEEN = (0.2, 1.0)
RESPAWNED_WITHIN = 6.0
WHATS = ("worker", "server")


async def first_answer(port: int) -> None:
    """Wait until the page that strangers open is there."""
    async with Http(port) as browser:
        while True:
            try:
                if (await browser.get("/u/ada")).status == 200:
                    return
            except OSError:
                pass
            await asyncio.sleep(0.01)


async def kill(made: Site, what: str) -> float:
    """Kill the worker or all of it; return the seconds until there is an answer."""
    began = time.monotonic()
    if what == "worker":
        os.kill(made.worker(), signal.SIGKILL)
    else:
        made.kill()
        await asyncio.to_thread(made.stop)
        await asyncio.to_thread(made.start)
    await first_answer(made.port)
    return time.monotonic() - began


async def kills(
    made: Site, whats: list[str], senders: int
) -> tuple[Ledger, dict[str, list[float]]]:
    """Kill it so often under load; return what became of the messages, and the waits."""
    ledger, is_over = Ledger(), asyncio.Event()
    load = [
        asyncio.create_task(
            keep_sending(
                (Tabber if number % 4 == 3 else Poster)(made.port, "ada", number),
                ledger,
                stops_at=is_over.is_set,
                pause=0.02,
            )
        )
        for number in range(senders)
    ]
    waits: dict[str, list[float]] = {what: [] for what in WHATS}
    started_at = time.monotonic()
    for what in whats:
        await asyncio.sleep(random.uniform(*BETWEEN))  # noqa: S311
        if what == "worker":
            await asyncio.sleep(max(0.0, started_at + RESPAWNED_WITHIN - time.monotonic()))
        waits[what].append(await kill(made, what))
        started_at = time.monotonic()
    is_over.set()
    await asyncio.gather(*load)
    return ledger, waits


def measure(count: int = KILLS, senders: int = SENDERS) -> Rows:
    """Return what became of the messages, and how long nobody was answered."""
    whats = list(islice(cycle(WHATS), count))
    with site("ada") as made:
        ledger, waits = asyncio.run(kills(made, whats, senders))
        fates: Row = ledger.compared(made.stored()) | {"unsound": int(not made.is_sound())}
    found: Rows = {f"{count} kills, {senders} senders": fates}
    for what in WHATS:
        found[f"the {what}, answers again"] = {
            "kills": len(waits[what]),
            "p50 s": percentile(waits[what], 0.5),
            "longest s": max(waits[what], default=None),
        }
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--senders", type=int, default=SENDERS)
    options = parser.parse_args()
    report.show("kills", measure(options.kills, options.senders), MOST)


if __name__ == "__main__":
    main()
