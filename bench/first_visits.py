"""Measures first visits to a public page where something is missing or changed.

    make bench-visits

The phone, the network and the CPU are those of `bench/page.py`. Each visit has an
empty cache. It writes a message and presses Send as soon as the painted box counts
a keystroke: a person takes longer, but nothing else depends on them. "Usable" is
when the box counts it; "sent" is from the navigation to the sentence that says so,
whether on the same page or on the plain page that answers a native form. Each
message must be in the database exactly once. If nothing comes of a press within ten
seconds, it presses again, as people do. The figures are medians of three visits.
"""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as TimedOut

from bench import inboxes, people, servers
from bench.page import FLAGS, PHONE, SLOW, WATCH
from tests.e2e.browsers_that_differ import KINDS
from tests.e2e.test_without_socket import HANGS, REFUSES, opens_and_closes

RUNS = 3
WITHIN, PATIENCE = 60.0, 10.0
SENT = "Message sent anonymously"
# In one step: Playwright's `fill` may find a box that React replaces before it's filled.
WRITE = """(text) => {
  const box = document.getElementById("message");
  box.focus();
  box.value = text;
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""
Prepare = Callable[[BrowserContext], None]


def with_script(script: str) -> Prepare:
    """Return what makes a browser run a script before each page's own."""
    return lambda context: context.add_init_script(f"(() => {{ {script} }})();")


def closing_sockets(context: BrowserContext) -> None:
    """Close each socket as soon as the server says something."""
    context.route_web_socket(re.compile("/_event"), opens_and_closes)


VISITS: dict[str, Prepare] = {
    "as it is": with_script(KINDS["as it is"]),
    "WebSocket refused": with_script(REFUSES),
    "WebSocket swallowed": with_script(HANGS),
    "WebSocket closed at once": closing_sockets,
    "no storage": with_script(KINDS["site data blocked"]),
    "translated": with_script(KINDS["translated"]),
}


@dataclass
class Figures:
    """Seconds from the navigation."""

    usable: float
    sent: float


def visit(browser: Browser, url: str, prepare: Prepare, text: str) -> Figures:
    """Open the page in a new browser, send a text at once, and return the figures."""
    context = browser.new_context(**PHONE)
    context.set_default_timeout(WITHIN * 1000)
    prepare(context)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    usable = _usable(page)
    page.evaluate(WRITE, text)
    _send(page)
    sent = time.perf_counter() - begun
    # Long enough for a second copy to arrive, if there were one.
    page.wait_for_timeout(1500)
    context.close()
    return Figures(usable, sent)


def _send(page: Page) -> None:
    """Press Send, and again after a while if nothing came of it, until the page says it's sent.

    Raises:
        SystemExit: It never says so.
    """
    for _ in range(int(WITHIN / PATIENCE)):
        button = page.get_by_role("button", name="Send", exact=True)
        if button.is_visible():
            button.click(no_wait_after=True)
        with suppress(TimedOut):
            page.get_by_text(SENT).first.wait_for(timeout=PATIENCE * 1000)
            return
    raise SystemExit("The message was never sent.")


def _usable(page: Page) -> float:
    """Return when the painted box counted a keystroke, once it has."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        found = page.evaluate(
            "() => [window.seen?.usable,"
            " performance.getEntriesByName('first-contentful-paint')[0]?.startTime]"
        )
        if all(found):
            return max(found) / 1000
        page.wait_for_timeout(20)
    raise SystemExit("The page never became usable.")


def times_kept(data: Path, text: str) -> int:
    """Return how often a message is in the database."""
    return inboxes.texts(data).count(text)


def measured(browser: Browser, url: str, data: Path) -> dict[str, list[Figures]]:
    """Make every kind of visit in turn, so that a busy moment doesn't fall on one kind.

    Raises:
        SystemExit: A message arrived twice, or not at all.
    """
    visit(browser, url, VISITS["as it is"], "The first visit warms the server up")
    found: dict[str, list[Figures]] = {kind: [] for kind in VISITS}
    for number in range(RUNS):
        for kind, prepare in VISITS.items():
            text = f"Visit {number}, {kind}"
            found[kind].append(visit(browser, url, prepare, text))
            if (times := times_kept(data, text)) != 1:
                raise SystemExit(f"{text}: the message arrived {times} times.")
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "data"
        people.make(data)
        with servers.app(data, port):
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            found = measured(browser, f"http://localhost:{port}/u/ada", data)
            browser.close()
    columns = ["usable s", "highest", "sent s", "highest"]
    print(f"{'':26}" + "".join(f"{each:>10}" for each in columns))
    medians = {}
    for kind, visits in found.items():
        usable, sent = [each.usable for each in visits], [each.sent for each in visits]
        middle = {"usable s": statistics.median(usable), "sent s": statistics.median(sent)}
        medians[kind] = {name: round(value, 3) for name, value in middle.items()}
        row = (middle["usable s"], max(usable), middle["sent s"], max(sent))
        print(f"{kind:26}" + "".join(f"{each:10.2f}" for each in row))
    print(json.dumps({"bench": "visits", "runs": RUNS, "median": medians}))


if __name__ == "__main__":
    main()
