"""Measures Lighthouse's four scores on a phone, for the pages that strangers see first.

    make bench-lighthouse

Each figure is the median of three runs, because single runs vary by some points.

npm installs Lighthouse into a separate folder outside the project.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import people, servers

VERSION = "13.5.0"
RUNS = 3
TRIES = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# The components of the performance score, in ms except for the layout shift.
METRICS = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "speed-index": "SI",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
}
PAGES = ("/u/ada", "/", "/sign-up", "/sign-in")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
BIN = Path(sys.executable).parent


def once(tool: Path, url: str, folder: Path) -> dict[str, float]:
    """Return a page's four scores out of 100, and its performance metrics."""
    report = folder / "report.json"
    command = [
        *(str(BIN / "node"), str(tool), url, "--quiet", "--output=json"),
        f"--output-path={report}",
        f"--chrome-flags={FLAGS}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    env = os.environ | {"CHROME_PATH": "/usr/bin/chromium"}
    # Lighthouse occasionally loses the start of its own trace and asks for another run.
    for _ in range(TRIES):
        if subprocess.run(command, check=False, env=env, timeout=180).returncode == 0:
            break
    else:
        raise SystemExit(f"Lighthouse failed {TRIES} times at {url}.")
    read = json.loads(report.read_text())
    found = {name: round(100 * read["categories"][name]["score"]) for name in CATEGORIES}
    return found | {
        short: round(read["audits"][name]["numericValue"], 3) for name, short in METRICS.items()
    }


def scores(tool: Path, url: str, folder: Path) -> dict[str, float]:
    """Return the median of each of a page's figures."""
    runs = [once(tool, url, folder) for _ in range(RUNS)]
    return {name: statistics.median(each[name] for each in runs) for name in runs[0]}


def main() -> None:
    """Measure, and print a table and a JSON line."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), servers.free_port()
        install = [str(BIN / "npm"), "install", "--silent", "--prefix", str(folder)]
        env = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        env["PATH"] = f"{BIN}{os.pathsep}{env['PATH']}"
        subprocess.run([*install, f"lighthouse@{VERSION}"], check=True, env=env)
        tool = folder / "node_modules/lighthouse/cli/index.js"
        people.make(folder / "data")
        with servers.app(folder / "data", port):
            found = {page: scores(tool, f"http://localhost:{port}{page}", folder) for page in PAGES}
    print(f"{'':12}" + "".join(f"{name:>16}" for name in next(iter(found.values()))))
    for page, each in found.items():
        print(f"{page:12}" + "".join(f"{value:16.6g}" for value in each.values()))
    print(json.dumps({"bench": "lighthouse", "version": VERSION, "found": found}))


if __name__ == "__main__":
    main()
