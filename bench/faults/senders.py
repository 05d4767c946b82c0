"""Measures 200 senders at once, by forms and by events: lost, doubled, p99.

python -m bench.faults.senders
python -m bench.faults.senders --senders 20 --seconds 5
"""

from __future__ import annotations

import argparse
import asyncio
import time

from bench.faults import report
from bench.faults.ledger import Ledger
from bench.faults.report import Row, Rows
from bench.faults.sending import Poster, Tabber, Way, keep_sending
from bench.faults.site import Site, site

SENDERS, SECONDS, PAUSE = 200, 60.0, 1.0
MOST = {"lost": 0, "doubled": 0}
WAYS: dict[str, Way] = {"forms": Poster, "events": Tabber}


async def crowd(made: Site, way: Way, senders: int, seconds: float, pause: float) -> Row:
    """Let so many people send for so long; return what became of it."""
    ledger, ends = Ledger(), time.monotonic() + seconds
    sending = (
        keep_sending(
            way(made.port, "ada", number),
            ledger,
            stops_at=lambda: time.monotonic() >= ends,
            pause=pause,
        )
        for number in range(senders)
    )
    await asyncio.gather(*sending)
    return {"per second": len(ledger.acknowledged) / seconds} | ledger.compared(made.stored())


def measure(senders: int = SENDERS, seconds: float = SECONDS, pause: float = PAUSE) -> Rows:
    """Return what became of the messages, by how they were sent."""
    found: Rows = {}
    for name, way in WAYS.items():
        with site("ada") as made:
            found[name] = asyncio.run(crowd(made, way, senders, seconds, pause))
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--senders", type=int, default=SENDERS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between two messages")
    options = parser.parse_args()
    report.show("senders", measure(options.senders, options.seconds, options.pause), MOST)


if __name__ == "__main__":
    main()
