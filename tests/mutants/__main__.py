"""Take one guard out at a time and see that a test fails: `make mutants`.

Nothing of the working tree is touched: the tests run in copies of it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.catalogue import MUTANTS
from tests.mutants.mutant import DoesNotApply, Mutant, file_of, plain

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
# Far more than any of them takes, on a machine that has others to serve.
GIVEN_UP_AFTER = 300
# The control runs all of their tests at once.
CONTROL_GIVEN_UP_AFTER = 1200
LEFT_OUT = (
    ".git",
    ".venv",
    ".web",
    ".data",
    ".states",
    "__pycache__",
    "test-artifacts",
    ".*_cache",
)
# What pytest's exit codes mean here. That nothing was found, or could be
# collected, is no test that fails.
OUTCOMES = {0: "SURVIVED", 1: "killed", 5: "NO SUCH TESTS"}
GOOD = "killed"


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant, in how many seconds, and the end of what pytest said."""

    mutant: Mutant
    word: str
    seconds: float
    said: str = ""


class Copy:
    """A checkout of one's own, in which one mutant at a time lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        self._written_at = int(time.time())

    def write(self, file: Path, text: str) -> None:
        """Write a module, a second later than the last, so that no stale bytecode is run."""
        file.write_text(text)
        self._written_at += 1
        os.utime(file, (self._written_at, self._written_at))

    def outcome(self, mutant: Mutant) -> Outcome:
        """Let a mutant live for as long as its tests take."""
        began, file = time.monotonic(), file_of(mutant, self.folder)
        whole = file.read_text()
        try:
            self.write(file, mutant.applied(whole))
            only = ["-k", mutant.only] if mutant.only else []
            word, said = self.pytest([*paths(mutant), "-x", *only])
        except DoesNotApply as reason:
            word, said = "DOES NOT APPLY", str(reason)
        finally:
            self.write(file, whole)
        return Outcome(mutant, word, time.monotonic() - began, said)

    def pytest(
        self, arguments: Sequence[str], given_up_after: int = GIVEN_UP_AFTER
    ) -> tuple[str, str]:
        """Run some tests here, for so many seconds at most.

        Returns:
            The outcome's word, and the end of what was said.
        """
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            "not e2e and not hosts",
            "-p",
            "no:cacheprovider",
        ]
        env = os.environ | {"PYTHONPATH": str(self.folder), "COLUMNS": "100"}
        try:
            done = subprocess.run(
                [*command, *arguments],
                cwd=self.folder,
                env=env,
                capture_output=True,
                text=True,
                timeout=given_up_after,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "TOOK TOO LONG", ""
        return OUTCOMES.get(done.returncode, "BROKEN"), done.stdout[-1500:]


def paths(mutant: Mutant) -> list[str]:
    """The tests that ought to notice, as pytest is told of them."""
    return [f"tests/{each}" for each in mutant.tests.split()]


def chosen(words: Sequence[str]) -> list[Mutant]:
    """The mutants whose name or file has one of these words in it; all without any."""
    return [
        each
        for each in MUTANTS
        if not words or any(word in f"{each.file} {each.name}" for word in words)
    ]


def table(outcomes: Sequence[Outcome]) -> str:
    """A line a mutant."""
    wide = max(len(each.mutant.name) for each in outcomes)
    return "\n".join(
        f"{each.mutant.name:<{wide}}  {each.word:<14}  {each.seconds:6.1f}  {each.mutant.file}"
        for each in outcomes
    )


def main(arguments: Sequence[str]) -> int:
    """Run the mutants that were asked for; 1 if one is not killed, or nothing can be said."""
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants with one of these in their name")
    parser.add_argument("--no-control", action="store_true", help="trust that all tests pass")
    asked = parser.parse_args(arguments)
    mutants = chosen(asked.words)
    if not mutants:
        print("No mutant has such a name.")
        return 1
    with tempfile.TemporaryDirectory(prefix="anonmsg-mutants-") as kept:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(Copy(Path(kept) / str(number)))
        if not asked.no_control and not all_pass(copies, mutants):
            return 1
        outcomes = all_outcomes(copies, mutants)
    print(table(outcomes))
    bad = [each for each in outcomes if each.word != GOOD]
    for each in bad:
        print(f"\n{each.mutant.name}: {each.word}\n{each.said}")
    counts = {"mutants": len(outcomes), "killed": len(outcomes) - len(bad)}
    print(json.dumps(counts | {"others": {each.mutant.name: each.word for each in bad}}))
    return 1 if bad else 0


def all_pass(copies: SimpleQueue[Copy], mutants: Sequence[Mutant]) -> bool:
    """Whether the same tests pass where nothing is missing: else a failure tells nothing."""
    copy = copies.get()
    # Written as mutants are, so that only what is missing tells them apart.
    for file in {file_of(each, copy.folder) for each in mutants}:
        copy.write(file, plain(file.read_text()))
    tests = sorted({path for each in mutants for path in paths(each)})
    word, said = copy.pytest([*tests, "-n", "2"], CONTROL_GIVEN_UP_AFTER)
    copies.put(copy)
    if word != "SURVIVED":
        print("The tests fail although no guard is missing, so they would tell nothing.")
        print(f"{word}\n{said}")
    return word == "SURVIVED"


def all_outcomes(copies: SimpleQueue[Copy], mutants: Sequence[Mutant]) -> list[Outcome]:
    """What becomes of each, two at a time, in the order of the catalogue."""

    def lives(mutant: Mutant) -> Outcome:
        copy = copies.get()
        try:
            return copy.outcome(mutant)
        finally:
            copies.put(copy)

    found: dict[str, Outcome] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(lives, each) for each in mutants]):
            outcome = done.result()
            found[outcome.mutant.name] = outcome
            print(f"{len(found)}/{len(mutants)} {outcome.word}: {outcome.mutant.name}", flush=True)
    return [found[each.name] for each in mutants]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
