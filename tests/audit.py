"""Looks up whether a package that we use has a known vulnerability.

`make check` runs it. The data is elsewhere: PyPI's for Python, the npm registry's for
what builds the pages. Where that can't be reached, it says so and goes on, because
nothing is known then.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SECONDS = 60
PYTHON = ("pip-audit", "-r", "requirements.lock", "--no-deps", "--disable-pip", "-f", "json")
NODE = ("npm", "audit", "--json", "--package-lock-only")
SEVERE = ("high", "critical")


def answer_of(command: Sequence[str], folder: Path) -> Any:
    """The JSON that a program prints, whatever its exit code; None if there is none."""
    program = [str(BIN / command[0]), *command[1:]]
    try:
        done = subprocess.run(
            program, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None


def in_python(answer: Any) -> list[str] | None:
    """What pip-audit found, a line each; None if it could look nothing up."""
    packages = answer.get("dependencies", []) if isinstance(answer, dict) else []
    looked_up = [each for each in packages if "vulns" in each]
    if not looked_up:
        return None
    return [
        f"{each['name']} {each['version']}: {vulnerability['id']}"
        for each in looked_up
        for vulnerability in each["vulns"]
        # Without a release that mends it, there's nothing to do yet.
        if vulnerability["fix_versions"]
    ]


def in_node(answer: Any) -> list[str] | None:
    """What npm found that is severe, a line each; None if it could look nothing up."""
    if not isinstance(answer, dict) or "vulnerabilities" not in answer:
        return None
    found = answer["vulnerabilities"].values()
    return [f"{each['name']}: {each['severity']}" for each in found if each["severity"] in SEVERE]


def main() -> int:
    """Print what was found; return 1 if it was anything."""
    results = {
        "PyPI": in_python(answer_of(PYTHON, ROOT)),
        "npm": in_node(answer_of(NODE, ROOT / "reflex.lock")),
    }
    for source, found in results.items():
        if found is None:
            print(f"Vulnerabilities: not looked up, because {source}'s data can't be reached.")
        else:
            print("\n".join([f"Vulnerabilities known to {source}: {len(found)}", *found]))
    return int(any(results.values()))


if __name__ == "__main__":
    sys.exit(main())
