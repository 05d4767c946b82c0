"""Measures the first paint on a desktop: of the home page and of a public page.

    make bench-first-paint
    make bench-first-paint AGAINST=../release

The window is 1280x800, and the network and the CPU aren't slowed down. Each visit has
an empty cache, and the sites take turns. The floor is a page of one heading and a box,
without styles and scripts, from Starlette and Granian. With AGAINST, another checkout
of the project is measured in the same run, and its figures are the goals' base: build
it first with `make run` or `reflex export`. Figures are medians of 31 visits.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench import people, servers
from bench.page import FLAGS

VISITS, WARM_UP = 31, 2
PATHS = {"/": "/", "/u/<name>": "/u/ada"}
# At most this share of the older release's figure.
GOALS = {"/": 0.7, "/u/<name>": 0.8}
FLOOR_PATH = "/paint"
PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) resolve(paint.startTime);
  }).observe({ type: "paint", buffered: true });
})"""
MAKE_PEOPLE = (
    "import sys, pathlib; from bench import people; people.make(pathlib.Path(sys.argv[1]))"
)


def first_paint(browser: Browser, url: str) -> float:
    """Return when a first visit shows something, in ms after the navigation."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(url, wait_until="load")
    found = float(page.evaluate(PAINT))
    context.close()
    return found


@contextmanager
def another(checkout: Path, data: Path, port: int) -> Iterator[None]:
    """Run another checkout of the project, with its own Python if it has one."""
    own = checkout / ".venv/bin/python"
    python = str(own if own.exists() else sys.executable)
    data.mkdir()
    env = {"DATA_DIR": str(data), "LIMITS_FACTOR": "100000"}
    make = [python, "-c", MAKE_PEOPLE, str(data)]
    subprocess.run(make, cwd=checkout, check=True)
    command = [python, "-m", "reflex", "run", "--env", "prod", "--frontend-port", str(port)]
    with servers.running(command, port, env, data / "server.log", folder=checkout):
        yield


def measured(browser: Browser, urls: dict[str, str]) -> dict[str, float]:
    """Return the median first paint of each page, visited in turns, in ms."""
    found: dict[str, list[float]] = {name: [] for name in urls}
    for turn in range(WARM_UP + VISITS):
        for name, url in urls.items():
            paint = first_paint(browser, url)
            if turn >= WARM_UP:
                found[name].append(paint)
    return {name: statistics.median(values) for name, values in found.items()}


def run(against: Path | None) -> dict[str, dict[str, float]]:
    """Start the sites, and return the medians by site and page."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder, urls = Path(name), {}
        port = servers.free_port()
        people.make(folder / "app")
        servers.build()
        running.enter_context(servers.served(folder / "app", port))
        urls |= {f"app {page}": f"http://localhost:{port}{path}" for page, path in PATHS.items()}
        port = servers.free_port()
        running.enter_context(servers.floor(folder / "floor", port))
        urls["floor"] = f"http://localhost:{port}{FLOOR_PATH}"
        if against:
            port = servers.free_port()
            running.enter_context(another(against, folder / "release", port))
            for page, path in PATHS.items():
                urls[f"release {page}"] = f"http://localhost:{port}{path}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            medians = measured(browser, urls)
            browser.close()
    floor = medians["floor"]
    found = {page: {"ms": medians[f"app {page}"], "floor ms": floor} for page in PATHS}
    for page, row in found.items():
        row["of floor"] = round(row["ms"] / floor, 2)
        if against:
            row["release ms"] = medians[f"release {page}"]
            row["of release"] = round(row["ms"] / row["release ms"], 2)
            row["goal"] = GOALS[page]
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", type=Path, help="another checkout, already built")
    asked = parser.parse_args()
    found = run(asked.against and asked.against.resolve())
    columns = list(next(iter(found.values())))
    print(f"{'first paint':14}" + "".join(f"{name:>12}" for name in columns))
    for page, row in found.items():
        print(f"{page:14}" + "".join(f"{row[name]:12.2f}" for name in columns))
    print(json.dumps({"bench": "first paint", "visits": VISITS, "found": found}))


if __name__ == "__main__":
    main()
