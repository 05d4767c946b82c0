"""Runs every fault, or those that are named: python -m bench.faults [names]."""

from __future__ import annotations

import subprocess
import sys

from bench.servers import ROOT

FAULTS = (
    *("senders", "kills", "malformed", "handlers", "floods", "sign_ins"),
    *("outages", "instances"),
)


def main() -> None:
    """Run them one after another, each in its own process."""
    asked = sys.argv[1:] or list(FAULTS)
    if unknown := sorted(set(asked) - set(FAULTS)):
        raise SystemExit(f"There is no fault named {unknown[0]}. There are: {', '.join(FAULTS)}")
    for name in asked:
        print(f"\n{name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.faults.{name}"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
