"""Runs every part, or those that are named: python -m bench.scale [names].

    make bench-scale                    # a minute a row, about half an hour
    make bench-scale SECONDS=4          # a quick look
    python -m bench.scale --seconds 4 rates

Each part is a command of its own, such as `python -m bench.scale.pushes`. It starts a
PostgreSQL of its own that is set as it's shipped, and a Redis.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from bench.servers import ROOT

PARTS = ("rates", "pushes", "workers")


def main() -> None:
    """Run them one after another, each in its own process."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    parser.add_argument("--seconds", type=int, default=5, help="how long each row of rates takes")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(PARTS))
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(PARTS)):
        raise SystemExit(f"There is no part named {unknown[0]}. There are: {', '.join(PARTS)}")
    for name in options.names or PARTS:
        print(f"\n{name}", flush=True)
        more = ["--seconds", str(options.seconds)] if name == "rates" else []
        subprocess.run([sys.executable, "-m", f"bench.scale.{name}", *more], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
