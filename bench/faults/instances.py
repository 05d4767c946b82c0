"""Kills and restarts one of two instances behind nginx and Caddy, under load.

    python -m bench.faults.instances
    python -m bench.faults.instances --times 2 --senders 4 --only caddy

Both instances share a Redis and a database, and no tab is bound to either. Nobody who
opens a page or sends a form under /u/ may notice anything: what fails is counted before
it's tried again.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from bench.faults import report
from bench.faults.http import Http
from bench.faults.ledger import Ledger
from bench.faults.proxies import PROXIES
from bench.faults.report import Row, Rows
from bench.faults.sending import Sender, Tabber, keep_sending
from bench.faults.several import Several, end, several
from bench.faults.site import Site

TIMES, SENDERS = 6, 12
MOST = {"failed": 0, "lost": 0, "doubled": 0, "unsound": 0}
# Seconds of load with one instance, and with both again.
ALONE, TOGETHER = 1.0, 3.0
PATH, SENT = "/u/ada", b"Message sent anonymously"


@dataclass
class Failures:
    """What went wrong under /u/.

    Attributes:
        seen: What the person there saw, by what it was.
        asked_again: How often the browser was asked to send a form once more.
    """

    seen: list[str] = field(default_factory=list)
    asked_again: int = 0


class Visitor(Sender):
    """Opens the page and sends its form; everything that isn't answered well is noted.

    Like a browser, it follows a redirect that asks for the form once more.
    """

    def __init__(self, port: int, failures: Failures) -> None:
        """Arrive."""
        self._http, self._failures = Http(port), failures

    async def send(self, text: str, key: str) -> bool:
        """Open the page, then send."""
        try:
            opened = await self._http.get(PATH)
            if opened.status != 200:
                self._failures.seen.append(f"GET {opened.status}")
            is_sent = await self._post(text, key)
        except OSError:
            self._failures.seen.append("no answer")
            raise
        return is_sent

    async def _post(self, text: str, key: str) -> bool:
        fields = {"message": text, "key": key}
        answer = await self._http.post(PATH, fields)
        if answer.status == 307:
            self._failures.asked_again += 1
            answer = await self._http.post(answer.headers["location"], fields)
        if answer.status != 200 or SENT not in answer.body:
            self._failures.seen.append(f"POST {answer.status}")
            return False
        return True

    async def close(self) -> None:
        """Leave."""
        self._http.close()


def killed(instance: Site) -> Iterator[None]:
    """Kill an instance, and start it again."""
    instance.kill()
    instance.stop()
    yield
    instance.start()


def restarted(instance: Site) -> Iterator[None]:
    """Stop an instance as a supervisor does, and start it again at once."""
    end(instance)
    instance.start()
    yield


FAULTS: dict[str, Callable[[Site], Iterator[None]]] = {
    "kill -9": killed,
    "rolling restart": restarted,
}


async def suffer(
    made: Several, fault: Callable[[Site], Iterator[None]], times: int, senders: int
) -> tuple[Ledger, Failures]:
    """Do this to one instance after another under load."""
    ledger, failures, is_over = Ledger(), Failures(), asyncio.Event()
    port = made.proxy.port
    load = [
        asyncio.create_task(
            keep_sending(
                Tabber(port, "ada", number) if number % 4 == 3 else Visitor(port, failures),
                ledger,
                stops_at=is_over.is_set,
                pause=0.05,
            )
        )
        for number in range(senders)
    ]
    for instance in islice(cycle(made.instances), times):
        await asyncio.sleep(TOGETHER)
        steps = fault(instance)
        await asyncio.to_thread(next, steps)
        await asyncio.sleep(ALONE)
        await asyncio.to_thread(next, steps, None)
    await asyncio.sleep(TOGETHER)
    is_over.set()
    await asyncio.gather(*load)
    return ledger, failures


def measure(times: int = TIMES, senders: int = SENDERS, only: str = "") -> Rows:
    """Return what became of the messages, for each proxy and fault.

    Args:
        times: How often an instance is killed, and how often one is restarted.
        senders: How many send meanwhile; one in four by an open tab.
        only: Only those whose name has this in it.
    """
    found: Rows = {}
    for name in PROXIES:
        for what, fault in FAULTS.items():
            title = f"{name}, {what}"
            if only in title:
                with several(name, "ada") as made:
                    began = time.monotonic()
                    ledger, failures = asyncio.run(suffer(made, fault, times, senders))
                    row: Row = {"times": times, "s": time.monotonic() - began}
                    row |= {"failed": len(failures.seen), "asked again": failures.asked_again}
                    row |= ledger.compared(made.any.stored())
                    row["longest ms"] = max(ledger.took, default=None)
                    row["unsound"] = int(not made.any.is_sound())
                    found[title] = row
                    for kind, times_seen in Counter(failures.seen).items():
                        print(f"{title}: {kind}, {times_seen} times")
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--senders", type=int, default=SENDERS)
    parser.add_argument("--only", default="", help="only those whose name has this in it")
    options = parser.parse_args()
    report.show("instances", measure(options.times, options.senders, options.only), MOST)


if __name__ == "__main__":
    main()
