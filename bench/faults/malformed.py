"""Sends 10,000 malformed frames and requests that reach the app: crashes, 5xx and the log.

    python -m bench.faults.malformed
    python -m bench.faults.malformed --count 300 --seed 7

A frame reaches the app if a ping sent after it on the same socket is answered; a request
does if the answer has our own headers, so that the server hasn't refused it by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from bench.faults import hostile, report
from bench.faults.http import Http, network
from bench.faults.report import Row, Rows
from bench.faults.site import Site, site
from bench.faults.tabs import EVENT, Tab

COUNT, AT_ONCE, BATCH = 10_000, 8, 50
MOST = {"crashes": 0, "5xx": 0, "incidents": 0, "in the log": 0, "not reached": 0}
PING, PONG = EVENT + '["ping"]', "pong"
OUR_HEADER = "content-security-policy"
# So many are tried at most for each that must reach the app.
PATIENCE = 4


async def send_frames(made: Site, frames: Iterator[str], count: int) -> Row:
    """Send so many frames that reach the app."""
    reached, tried = 0, 0
    while reached < count and tried < PATIENCE * count:
        batch = list(islice(frames, min(BATCH, count - reached)))
        tried += len(batch)
        with suppress(OSError):
            async with Tab(made.port, "/u/ada", network(tried)) as tab:
                for frame in batch:
                    await tab.say(frame)
                await tab.say(PING)
                await tab.until(PONG)
                reached += len(batch)
    return {"reached": reached, "not reached": count - reached}


async def send_requests(made: Site, requests: Iterator[bytes], count: int) -> Row:
    """Send so many requests that reach the app."""
    answers: Counter[int] = Counter()
    tried = 0

    async def send(number: int) -> None:
        nonlocal tried
        async with Http(made.port, network(number)) as client:
            while answers.total() < count and tried < PATIENCE * count:
                tried += 1
                with suppress(OSError):
                    answer = await client.send_raw(next(requests))
                    if OUR_HEADER in answer.headers:
                        answers[answer.status] += 1

    await asyncio.gather(*map(send, range(AT_ONCE)))
    reached = answers.total()
    failed = sum(times for status, times in answers.items() if status >= 500)
    return {"reached": reached, "not reached": max(0, count - reached), "5xx": failed}


def measure(count: int = COUNT, seed: int | None = None) -> Rows:
    """Return the figures of frames and of requests.

    Args:
        count: How many of each.
        seed: Makes the same ones again; another each time if it's None.
    """
    chance, found = random.Random(seed), {}  # noqa: S311
    for name in ("frames", "requests"):
        secret = "planted" + secrets.token_hex(8)
        with site("ada") as made:
            worker, noted = made.worker(), len(made.log)
            if name == "frames":
                row = asyncio.run(send_frames(made, hostile.frames(chance, secret), count))
            else:
                row = asyncio.run(send_requests(made, hostile.requests(chance, secret), count))
            said = made.log[noted:]
            found[name] = row | {
                "crashes": int(made.worker() != worker) + said.count("Traceback"),
                "incidents": said.count("Incident "),
                "in the log": said.count(secret),
                "log bytes each": len(said) / count,
            }
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    report.show("malformed", measure(options.count, options.seed), MOST)


if __name__ == "__main__":
    main()
