"""Checks that the oldest supported browsers can read the pages' script.

Run it by `python -m tests.supported_browsers`.

esbuild rewrites what a browser doesn't know, so the script is fine if it comes
out the same for those browsers as for the newest ones. That covers syntax and
regular expressions, but not functions that are missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from anonmsg.framework import assets

# What Vite builds Reflex's own scripts for; with older browsers, the forms work natively.
OLDEST = ("chrome111", "edge111", "firefox114", "safari16.4", "ios16.4")
BIN = Path(sys.prefix) / "bin"
ESBUILD = "esbuild@0.28.2"
# npx looks for node on the PATH.
ENV = os.environ | {"PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "")])}


@cache
def esbuild() -> str:
    """Return the program, which npx fetches; npx itself takes a second at each call."""
    find = [str(BIN / "npx"), "--yes", f"--package={ESBUILD}", "--", "sh", "-c"]
    ran = subprocess.run(
        [*find, "command -v esbuild"], stdout=subprocess.PIPE, text=True, check=True, env=ENV
    )
    return ran.stdout.strip()


def rewritten(script: str, target: str) -> str:
    """Return a script as esbuild writes it for some browsers.

    Args:
        script: The script.
        target: The browsers, in esbuild's syntax.

    Raises:
        subprocess.CalledProcessError: If some of it can't be written for them.
    """
    # It reads its standard input, and writes it as browsers of the target can read it.
    command = [esbuild(), "--log-level=warning", "--loader=js", f"--target={target}"]
    ran = subprocess.run(
        command, input=script, stdout=subprocess.PIPE, text=True, check=True, env=ENV
    )
    return ran.stdout


def too_new(script: str, oldest: tuple[str, ...] = OLDEST) -> list[str]:
    """Return the lines of a script that the oldest browsers can't read."""
    newest = rewritten(script, "esnext").splitlines()
    known = set(rewritten(script, ",".join(oldest)).splitlines())
    return [line.strip() for line in newest if line not in known]


def every_script() -> str:
    """Return the pages' scripts: the joined one, and the one in the head."""
    return assets.script() + (assets.ASSETS / "lettered.js").read_text(encoding="utf-8")


def main() -> None:
    """Exit with the lines that are too new, if there are any."""
    if lines := too_new(every_script()):
        sys.exit("\n".join([f"Too new for {', '.join(OLDEST)} (assets):", *lines]))
    print(f"assets are fine in {', '.join(OLDEST)}")


if __name__ == "__main__":
    main()
