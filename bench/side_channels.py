"""Measures whether the time of an answer tells one visitor about another.

    make bench-side-channels

Each row asks the same thing of two inboxes, one of which something has just happened
to, in random order, and prints the AUC: the chance that the answer of the one takes
longer than that of the other. 0.5 tells nothing; the goal is 0.45 to 0.55. A person
is asked about only once per row, so that no look disturbs a later one.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright
from sqlmodel import select

from anonmsg.config import load
from anonmsg.database.tables import Person
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import profiles
from bench import people, servers
from bench.page import FLAGS

PAIRS, WARM_UP, MESSAGES = 200, 10, 1000
GOAL = (0.45, 0.55)
POST = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
# Longer than the random moment after which an owner's tabs are told.
QUIET_SECONDS = 0.6

Step = Callable[[str], None]
Found = dict[str, float]


def auc(touched: list[float], untouched: list[float]) -> float:
    """Return the chance that an answer about a touched inbox takes longer (Mann-Whitney)."""
    wins = sum((a > b) + (a == b) / 2 for a in touched for b in untouched)
    return wins / (len(touched) * len(untouched))


def compared(touched: list[float], untouched: list[float]) -> Found:
    """Return the AUC, and the median of each, in ms."""
    return {
        "auc": round(auc(touched, untouched), 3),
        "touched ms": round(statistics.median(touched), 3),
        "untouched ms": round(statistics.median(untouched), 3),
    }


def getting(port: int, path: str) -> Step:
    """Return a function that opens a path below someone's page on a persistent connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(name: str) -> None:
        connection.request("GET", path.format(name), headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    return get


def sending(port: int) -> Step:
    """Return a function that sends a message to somebody."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def send(name: str) -> None:
        form = urlencode({"message": "Hello", "key": random.randbytes(16).hex()})  # noqa: S311
        connection.request("POST", f"/u/{name}", form, POST)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    return send


def measure(probe: Step, touch: Step, pairs: int, prefix: str) -> Found:
    """Probe pairs of people, one of whom has been touched, in random order.

    Args:
        probe: What is timed.
        touch: What happens to the touched one just before.
        pairs: How many pairs.
        prefix: The first part of their names; a number follows.
    """
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(-WARM_UP, pairs):
        names = {True: f"{prefix}{2 * (number + WARM_UP)}", False: ""}
        names[False] = f"{prefix}{2 * (number + WARM_UP) + 1}"
        for is_touched in random.sample([True, False], 2):
            # Both have somebody touched just before, so that the server is equally warm.
            touch(names[True] if is_touched else f"{prefix}other{number + WARM_UP}")
            began = time.perf_counter()
            probe(names[is_touched])
            if number >= 0:
                took[is_touched].append((time.perf_counter() - began) * 1000)
    return compared(took[True], took[False])


def changing(runtime: Runtime) -> Step:
    """Return a function that changes somebody's bio, as another process would."""

    def change(name: str) -> None:
        with runtime.context() as ctx:
            with ctx.reading() as db:
                owner_id = db.exec(select(Person.id).where(Person.username == name)).one()
            words = random.randbytes(20).hex()  # noqa: S311
            profiles.describe(ctx, owner_id=owner_id, display_name="", prompt="", bio=words)

    return change


@contextmanager
def dashboard(port: int, name: str) -> Iterator[None]:
    """Keep an owner's dashboard open in Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        page.goto(f"http://localhost:{port}/sign-in", wait_until="networkidle")
        page.get_by_label("Email or username").fill(name)
        page.get_by_label("Password", exact=True).fill(people.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator("article.message").first.wait_for()
        for _ in range(5):
            page.get_by_role("button", name="Load more").click()
            page.wait_for_timeout(300)
        yield
        browser.close()


def watched(send: Step, pairs: int) -> Found:
    """Send to an inbox that its owner looks at, and to one that nobody looks at."""
    took: dict[str, list[float]] = {"watched": [], "unwatched": []}
    for number in range(-WARM_UP, pairs):
        for name in random.sample(list(took), 2):
            began = time.perf_counter()
            send(name)
            if number >= 0:
                took[name].append((time.perf_counter() - began) * 1000)
            time.sleep(QUIET_SECONDS * random.uniform(1.0, 1.3))  # noqa: S311
    return compared(took["watched"], took["unwatched"])


def with_dashboard(port: int, pairs: int) -> Found:
    """Measure sends while their owner's dashboard is open."""
    with dashboard(port, "watched"):
        return watched(sending(port), pairs)


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--only", default="", help="only the rows whose name has this in it")
    options = parser.parse_args()
    pairs, port = options.pairs, servers.free_port()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        prefixes = ("opened", "changed", "fetched")
        numbers = range(2 * (pairs + WARM_UP))
        names = [f"{prefix}{n}" for prefix in prefixes for n in numbers]
        names += [f"{prefix}other{n}" for prefix in prefixes for n in range(pairs + WARM_UP)]
        people.crowd(data, [f"{name}@example.com" for name in names])
        for name in ("watched", "unwatched"):
            people.make(data, name=name, messages=MESSAGES)
        runtime = Runtime.of(load(data_dir=data))
        page, picture = "/u/{}", "/u/{}/preview.png"
        rows: dict[str, Callable[[], Found]] = {
            "opened just before": lambda: measure(
                getting(port, page), getting(port, page), pairs, "opened"
            ),
            "bio just changed": lambda: measure(
                getting(port, page), changing(runtime), pairs, "changed"
            ),
            "preview fetched before": lambda: measure(
                getting(port, picture), getting(port, picture), pairs, "fetched"
            ),
            "owner's inbox is open": lambda: with_dashboard(port, pairs),
        }
        with servers.app(data, port):
            found = {name: row() for name, row in rows.items() if options.only in name}
        runtime.close()
    print(f"{'':26}{'AUC':>8}{'touched':>12}{'untouched':>12}")
    for name, each in found.items():
        verdict = "" if GOAL[0] <= each["auc"] <= GOAL[1] else "  TELLS"
        ms = f"{each['touched ms']:9.2f} ms{each['untouched ms']:9.2f} ms"
        print(f"{name:26}{each['auc']:8.3f}{ms}{verdict}")
    print(json.dumps({"bench": "side channels", "pairs": pairs, "goal": GOAL, "found": found}))


if __name__ == "__main__":
    main()
