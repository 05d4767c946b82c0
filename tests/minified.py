"""Minifies a script as the build does (`anonmsg/framework/lean_build.py`).

Vite's minifier is rolldown's, which npx fetches at the version that `reflex.lock` pins.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

BIN = Path(sys.prefix) / "bin"
LOCK = Path(__file__).parents[1] / "reflex.lock" / "package-lock.json"
ENV = os.environ | {"PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "")])}
# npx puts the package's programs first on the PATH, which is how we find its modules.
FIND = """
const { existsSync } = require("fs");
const { delimiter, join } = require("path");
const modules = process.env.PATH.split(delimiter).map((bin) => join(bin, ".."));
const utils = modules.map((each) => join(each, "rolldown/dist/utils-index.mjs")).find(existsSync);
process.stdout.write(require("url").pathToFileURL(utils).href);
"""
PROGRAM = """
import(process.argv[1]).then(({ minifySync }) => {
  const { code, errors } = minifySync("app.js", require("fs").readFileSync(0, "utf8"));
  if (errors.length) throw new Error(errors[0].message);
  process.stdout.write(code);
});
"""


def rolldown() -> str:
    """Return the pinned package, such as rolldown@1.2.3."""
    packages = json.loads(LOCK.read_text())["packages"]
    return f"rolldown@{packages['node_modules/rolldown']['version']}"


@cache
def minifier() -> str:
    """Return the URL of the minifier's module; npx itself takes a second at each call."""
    npx = [BIN / "npx", "--yes", f"--package={rolldown()}", "--", "node", "-e", FIND]
    ran = subprocess.run(npx, stdout=subprocess.PIPE, text=True, check=True, env=ENV)
    return ran.stdout


@cache
def minified(script: str) -> str:
    """Return a script as the pages contain it.

    Args:
        script: The script.

    Raises:
        subprocess.CalledProcessError: If it can't be parsed.
    """
    ran = subprocess.run(
        [BIN / "node", "-e", PROGRAM, minifier()],
        input=script,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=ENV,
    )
    return ran.stdout
