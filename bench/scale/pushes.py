"""Measures how soon open tabs show a new message, across two workers, and whether any misses one.

    python -m bench.scale.pushes
    python -m bench.scale.pushes --tabs 40 --messages 20

The delay is from the moment when the sender presses **Send** until a tab is sent the
text, less the random moment that tabs are told later on purpose (`runtime/topics.py`),
which is always the shortest here. So it has the send itself in it, the way through
Redis, and the tab's own look at its inbox.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import secrets
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bench.faults import report
from bench.faults.http import Http, network
from bench.faults.ledger import Ledger
from bench.faults.report import Row, Rows, percentile
from bench.faults.sending import Poster
from bench.faults.site import Site, sign_in
from bench.faults.tabs import Tab
from bench.scale.installations import sharing
from bench.scale.serve_soon import MOMENT
from tests.holders import holder

TABS, MESSAGES = 300, 200
# How many people have how many tabs, and the seconds between two messages.
OWNERS, PAUSE = 30, 0.1
MOST = {"missed": 0, "p99 ms": 250.0}
TEXT = re.compile(r"message [0-9a-f]{24}")
COMES_WITHIN, LOOK_SECONDS = 20.0, 0.05
SERVE_SOON = ("bench.scale.serve_soon",)


@dataclass
class Watching:
    """A tab of an owner, and when it was sent each text, in monotonic seconds."""

    owner: str
    tab: Tab
    told: dict[str, float] = field(default_factory=dict)

    async def listen(self) -> None:
        """Note what comes until the task is cancelled."""
        while True:
            frame = await self.tab.until_told(lambda _frame: True)
            self.tab.frames.clear()
            for text in TEXT.findall(frame):
                self.told.setdefault(text, time.monotonic())


async def opened(made: Site, owners: int, tabs: int) -> list[Watching]:
    """Open the owners' dashboards, the same number for each."""
    found = []
    for number in range(owners):
        owner = f"owner{number}"
        async with Http(made.port, network(number)) as browser:
            cookie = await sign_in(browser, owner)
        for each in range(tabs // owners):
            tab = Tab(made.port, "/dashboard", network(1000 * number + each), cookie)
            found.append(Watching(owner, await _loaded(tab)))
    return found


async def _loaded(tab: Tab) -> Tab:
    await tab.open()
    await tab.load()
    await tab.refresh()
    return tab


async def pushes(made: Site, owners: int, tabs: int, messages: int, pause: float) -> Row:
    """Send messages to the owners in turn; return what became of them in the tabs."""
    watching = await opened(made, owners, tabs)
    listening = [asyncio.create_task(each.listen()) for each in watching]
    held = Counter(holder(made.pid, made.port, each.tab.local_port) for each in watching)
    ledger, sent = Ledger(), {}
    async with AsyncExitStack() as stack:
        senders = [Poster(made.port, f"owner{number}", number) for number in range(owners)]
        for each in senders:
            stack.push_async_callback(each.close)
        for number in range(messages):
            began, text = time.monotonic(), ledger.new()
            if await senders[number % owners].send(text, secrets.token_hex(16)):
                ledger.acknowledge(text, began)
                sent[text] = (f"owner{number % owners}", began)
            await asyncio.sleep(max(0.0, began + pause - time.monotonic()))
    await _until_all_have(watching, sent)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    for each in watching:
        each.tab.abort()
    return {"tabs": len(watching), "fewest in a worker": min(held.values())} | _compared(
        watching, sent
    )


async def _until_all_have(watching: list[Watching], sent: dict[str, tuple[str, float]]) -> None:
    """Wait until every tab has been told everything, but not for ever."""
    for _ in range(round(COMES_WITHIN / LOOK_SECONDS)):
        if not _missed(watching, sent):
            return
        await asyncio.sleep(LOOK_SECONDS)


def _missed(watching: list[Watching], sent: dict[str, tuple[str, float]]) -> int:
    return sum(
        text not in each.told
        for text, (owner, _) in sent.items()
        for each in watching
        if each.owner == owner
    )


def _compared(watching: list[Watching], sent: dict[str, tuple[str, float]]) -> Row:
    delays = [
        (each.told[text] - began - MOMENT) * 1000
        for each in watching
        for text, (_, began) in sent.items()
        if text in each.told
    ]
    return {
        "messages": len(sent),
        "pushes": len(delays),
        "missed": _missed(watching, sent),
        "p50 ms": percentile(delays, 0.5),
        "p99 ms": percentile(delays, 0.99),
        "longest ms": max(delays, default=None),
    }


def measure(tabs: int = TABS, messages: int = MESSAGES, owners: int = OWNERS) -> Rows:
    """Return what became of the messages to many people, and to one with as many tabs.

    Args:
        tabs: How many are open.
        messages: How many are sent to the many; the one gets a twentieth.
        owners: How many people share the tabs.
    """
    names = [f"owner{number}" for number in range(owners)]
    found: Rows = {}
    with sharing(*names, way=SERVE_SOON) as made:
        many = pushes(made, owners, tabs, messages, PAUSE)
        found[f"{owners} people with {tabs // owners} tabs each"] = asyncio.run(many)
        # So many tabs look at once that they wait for each other.
        one = pushes(made, 1, tabs, max(1, messages // 20), PAUSE * 30)
        found[f"1 person with {tabs} tabs"] = asyncio.run(one)
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tabs", type=int, default=TABS)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    options = parser.parse_args()
    rows = measure(options.tabs, options.messages)
    report.table(rows, lambda _title, row: report.over(row, MOST))
    report.line("scale pushes", goals=MOST, found=rows)


if __name__ == "__main__":
    main()
