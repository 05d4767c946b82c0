"""Sums what is in anonmsg's image, without pulling or building one.

    python -m bench.image_size

The image's own files are built as `deploy/Dockerfile` says (`bench/image_tree.py`) and
summed by size. The base image can't be pulled here, so it's estimated from Debian 12's
packages: every required one and what python:3.11-slim adds, less the manuals and
translations that slim images leave out, and Debian's Python 3.11 with pip in place of
the one that the base image compiles.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import image_tree

# Megabytes of 10^6 bytes, as registries tell them.
MB = 1_000_000
MOST = 350.0
# The slim base has apt, and python:3.11-slim adds the rest.
BEYOND_REQUIRED = ("apt", "ca-certificates", "netbase", "tzdata")
PYTHON = ("python3.11", "libpython3.11", "python3-pip", "python3-setuptools")
# Depends names it, and slim images have none: it's only for merging an old /usr.
NOT_THERE = {"usrmerge"}
# What slim images leave out; of the documentation they keep the licences.
LEFT_OUT = re.compile(r"\./usr/share/(doc/(?!.*copyright)|info/|lintian/|locale/|man/|groff/)")
# A package that is named in Depends, the first where there are alternatives.
NAMED = re.compile(r"^\s*([a-z0-9][a-z0-9.+-]+)")


@cache
def packages() -> dict[str, dict[str, str]]:
    """Return the fields of every package that apt knows, by its name."""
    told = subprocess.run(
        ["apt-cache", "dumpavail"], check=True, capture_output=True, text=True
    ).stdout
    found = {}
    for paragraph in told.split("\n\n"):
        lines = (line.partition(": ") for line in paragraph.splitlines() if line[:1] != " ")
        fields = {name: value for name, _, value in lines}
        if "Package" in fields:
            found[fields["Package"]] = fields
    if "python3.11" not in found:
        raise SystemExit("apt doesn't know python3.11: run apt-get update, on Debian 12.")
    return found


def with_dependencies(names: set[str]) -> set[str]:
    """Return these packages and all that they depend on."""
    known, found = packages(), set()
    left = list(names)
    while left:
        name = left.pop()
        if name in known and name not in found | NOT_THERE:
            found.add(name)
            told = [known[name].get(each, "") for each in ("Depends", "Pre-Depends")]
            alternatives = ",".join(filter(None, told)).split(",")
            left += [match[1] for each in alternatives if (match := NAMED.match(each))]
    return found


def unpacked(names: set[str], folder: Path) -> float:
    """Return the size of these packages' files, in MB, once they're fetched to a folder."""
    folder.mkdir()
    fetch = ["apt-get", "download", "-qq", *sorted(names)]
    subprocess.run(fetch, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    total = 0
    for package in folder.iterdir():
        read = ["dpkg-deb", "--fsys-tarfile", str(package)]
        with (
            subprocess.Popen(read, stdout=subprocess.PIPE) as process,
            tarfile.open(fileobj=process.stdout, mode="r|") as files,
        ):
            total += sum(each.size for each in files if not LEFT_OUT.match(each.name))
    return total / MB


def base(folder: Path) -> dict[str, float]:
    """Return the estimated size of the base image, in MB, by part."""
    required = {name for name, each in packages().items() if each.get("Priority") == "required"}
    debian = with_dependencies((required | set(BEYOND_REQUIRED)) - NOT_THERE)
    python = with_dependencies(set(PYTHON)) - debian
    return {
        "Debian's packages": unpacked(debian, folder / "debian"),
        "Python 3.11": unpacked(python, folder / "python"),
    }


def size_of(folder: Path) -> float:
    """Return the size of the files in a folder, in MB."""
    if folder.is_file():
        return folder.stat().st_size / MB
    return sum(each.lstat().st_size for each in folder.rglob("*") if not each.is_dir()) / MB


def measure(tree: image_tree.Tree, folder: Path) -> dict[str, float]:
    """Return the sizes of an image's parts, in MB.

    Args:
        tree: The image's own files.
        folder: Where the base image's packages may be kept.
    """
    own = {each.name: size_of(each) for each in sorted(tree.home.iterdir())}
    found = base(folder) | own
    if abs(sum(own.values()) - size_of(tree.root)) > 0.01:
        raise SystemExit("The image has files outside of the app's folder.")
    return found


def main() -> None:
    """Build, measure, and print a table and a JSON line."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with TemporaryDirectory() as folder:
        found = measure(image_tree.build(Path(folder) / "tree"), Path(folder))
    total = sum(found.values())
    for name, size in (found | {"all of it": total}).items():
        print(f"{name:24}{size:8.1f} MB")
    print(json.dumps({"bench": "image size", "goals": {"MB": MOST}, "MB": total, "found": found}))
    if total > MOST:
        raise SystemExit(f"That is more than {MOST:.0f} MB.")


if __name__ == "__main__":
    main()
