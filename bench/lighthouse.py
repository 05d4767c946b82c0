"""Lighthouse's four scores on a phone, for the pages that strangers see first.

    make bench-lighthouse

Lighthouse is fetched by npm into a folder of its own, outside the project.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import people, servers

VERSION = "13.5.0"
PAGES = ("/u/ada", "/", "/sign-up", "/sign-in")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
BIN = Path(sys.executable).parent


def scores(tool: Path, url: str, folder: Path) -> dict[str, float]:
    """The four scores of one page, out of 100."""
    report = folder / "report.json"
    command = [str(BIN / "node"), str(tool), url, "--quiet", "--output=json"]
    subprocess.run(
        [*command, f"--output-path={report}", f"--chrome-flags={FLAGS}"],
        check=True,
        env=os.environ | {"CHROME_PATH": "/usr/bin/chromium"},
        timeout=180,
    )
    categories = json.loads(report.read_text())["categories"]
    return {name: round(100 * each["score"]) for name, each in categories.items()}


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
        print(f"{page:12}" + "".join(f"{value:16.0f}" for value in each.values()))
    print(json.dumps({"bench": "lighthouse", "version": VERSION, "found": found}))


if __name__ == "__main__":
    main()
