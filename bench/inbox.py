"""Measure what owners do in inboxes of different sizes: opening, paging, deleting, searching.

    python -m bench.inbox [--sizes 100,10000] [--rounds 200]

Each use case runs as the server runs it, on a SQLite database of its own on the disk, with
as many messages in one inbox as asked. Prints a table of p50 and p99 in milliseconds, how
many messages a second a search looks through, and a JSON line.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from anonmsg.config import load
from anonmsg.database.engine import insert_for
from anonmsg.database.tables import Message, Person
from anonmsg.public import InboxMessage
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.codes import new_id
from anonmsg.services.inbox import folders, inbox_keys, moves, search, slices
from anonmsg.services.inbox.messages import Draft, send_all
from anonmsg.services.inbox.search import Search
from anonmsg.services.inbox.undo import undo
from bench import people

BATCH = 5000
TEXTS = (
    "I never said it, but your talk last spring made me change what I study. Thank you.",
    "What did you mean by that joke on Thursday? Nobody understood it, and some were hurt.",
    "آپ کی باتیں مجھے ہمیشہ یاد رہتی ہیں، شکریہ کہ آپ نے اُس دن میرا ساتھ دیا تھا۔",
    "आपकी कहानी ने मुझे बहुत हिम्मत दी, मैं हमेशा आभारी रहूँगा। धन्यवाद!",
    "Über den Café-Abend reden alle noch. Kommst du nächsten Freitag wieder? 🎉",
)
JOBS = ("opening", "next_slice", "unread_count", "arrival", "delete_and_undo")
# In none of them, so that a search looks through all.
NOWHERE = "xylophone"


def filled(data: Path, size: int) -> tuple[Runtime, str]:
    """Make a database whose one inbox has this many messages, a minute apart."""
    people.make(data)
    runtime = Runtime.of(load(data_dir=data, limits_factor=1_000_000))
    with runtime.context() as ctx:
        with ctx.reading() as db:
            owner_id = str(db.connection().execute(Person.__table__.select()).one().id)
            cipher = inbox_keys.of(ctx, owner_id=owner_id)
        if cipher is None:
            raise SystemExit("The owner has no key.")
        for start in range(0, size, BATCH):
            rows = [
                {
                    "id": (message_id := new_id()),
                    "person_id": owner_id,
                    "content": "",
                    "sealed": cipher.close(TEXTS[n % len(TEXTS)], message_id=message_id),
                    "sent_at": ctx.now.replace(microsecond=0) - timedelta(minutes=n + 1),
                    "is_unread": n % 3 == 0,
                }
                for n in range(start, min(start + BATCH, size))
            ]
            with ctx.writing() as db:
                db.connection().execute(insert_for("sqlite", Message), rows)
    return runtime, owner_id


class Inbox:
    """One inbox, and what its owner does there."""

    def __init__(self, runtime: Runtime, owner_id: str) -> None:
        """Look at the first slice, as an open dashboard has."""
        self.runtime, self.owner = runtime, {"owner_id": owner_id}
        self.shown: list[InboxMessage] = self.run(slices.inbox).messages

    def run(self, use_case: Callable[..., Any], **asked: object) -> Any:
        """Run a use case with a context of its own, as an event does."""
        with self.runtime.context() as ctx:
            return use_case(ctx, **self.owner, **asked)

    def opening(self) -> None:
        """Open the inbox."""
        self.run(slices.inbox)

    def next_slice(self) -> None:
        """Load the next 20."""
        self.run(slices.inbox, before=self.shown[-1])

    def unread_count(self) -> None:
        """Count what is unread, as the tab's title does."""
        self.run(folders.counts)

    def arrival(self) -> None:
        """Take a message, and show it in an open tab."""
        with self.runtime.context() as ctx:
            send_all(ctx, [Draft("ada", "hello", "network", new_id())])
        new = self.run(slices.arrivals, shown=self.shown, more=True)
        self.shown = [*new, *self.shown][: slices.SLICE]

    def delete_and_undo(self) -> None:
        """Move a message to the trash, and take that back."""
        self.run(undo, change=self.run(moves.trash, ids=[self.shown[5].id]))

    def search_everything(self) -> float:
        """Search for what isn't there, to the end; return how many seconds that took."""
        began, cursor = time.perf_counter(), ""
        while True:
            asked = Search(NOWHERE)
            found = self.run(search.find, search=asked, cursor=cursor)
            if not found.more:
                return time.perf_counter() - began
            cursor = found.cursor


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return p50 and p99 in milliseconds."""
    ordered = sorted(seconds)
    return {
        "p50": round(statistics.median(ordered) * 1000, 2),
        "p99": round(ordered[int(len(ordered) * 0.99) - 1] * 1000, 2),
    }


def measured(inboxes: dict[int, Inbox], rounds: int) -> dict[int, dict[str, Any]]:
    """Measure everything in every inbox, in turn: a busy moment falls on all of them."""
    times: dict[tuple[int, str], list[float]] = {}
    for _ in range(rounds):
        for job in JOBS:
            for size, inbox in inboxes.items():
                began = time.perf_counter()
                getattr(inbox, job)()
                times.setdefault((size, job), []).append(time.perf_counter() - began)
    found: dict[int, dict[str, Any]] = {}
    for size, inbox in inboxes.items():
        searched = min(inbox.search_everything() for _ in range(2))
        found[size] = {job: percentiles(times[size, job]) for job in JOBS}
        found[size]["search_ms"] = round(searched * 1000, 1)
        found[size]["searched_a_second"] = round((size + rounds) / searched)
    return found


def main() -> None:
    """Measure every size and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,10000")
    parser.add_argument("--rounds", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inboxes = {
            size: Inbox(*filled(Path(folder) / str(size), size))
            for size in map(int, asked.sizes.split(","))
        }
        results = measured(inboxes, asked.rounds)
        for inbox in inboxes.values():
            inbox.runtime.close()
    for size, found in results.items():
        print(f"\n{size:,} messages")
        for name, each in found.items():
            is_time = isinstance(each, dict)
            shown = (
                "  ".join(f"{key} {value} ms" for key, value in each.items()) if is_time else each
            )
            print(f"  {name.replace('_', ' '):20} {shown}")
    print(json.dumps({"inbox": results}))


if __name__ == "__main__":
    main()
