"""Runs the tests of what has changed: uncommitted, or in the last commit (`make quick`).

A changed module's tests are those that bear its name and those that import it;
where there are none, those of the modules that import it. Where nothing is
found, or nearly everything, the unit and service tests run.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
OTHERWISE = ("tests/unit", "tests/services")
# More files than these take longer than the unit and service tests do.
MOST = 40
# Starting a second process takes longer than a few files do in one.
FEW = 4


def changed() -> list[str]:
    """The files that git sees changed since the commit before the last; none without git."""
    asked = (
        ["diff", "--name-only", "--relative", "HEAD~1"],
        ["ls-files", "--others", "--exclude-standard"],
    )
    answers = [
        subprocess.run(["git", *each], cwd=ROOT, capture_output=True, text=True, check=False)
        for each in asked
    ]
    return [line for each in answers for line in each.stdout.splitlines()]


def sources() -> dict[str, str]:
    """The app's modules and the tests that need no browser: paths and sources."""
    files = [*ROOT.glob("anonmsg/**/*.py"), *ROOT.glob("tests/**/*.py")]
    texts = {file.relative_to(ROOT).as_posix(): file.read_text() for file in files}
    return {path: text for path, text in texts.items() if not path.startswith("tests/e2e/")}


def chosen(changes: Iterable[str], modules: Mapping[str, str]) -> list[str]:
    """What to hand to pytest.

    Args:
        changes: Paths of changed files.
        modules: Every module's path and source.
    """
    imports = {path: imported(path, source) for path, source in modules.items()}
    found = {test for path in changes if path in modules for test in tests_of(path, imports)}
    if 0 < len(found) <= MOST:
        return sorted(found)
    named = {test for test in found for path in changes if bears_name(test, path)}
    return [*OTHERWISE, *sorted(test for test in named if not test.startswith(OTHERWISE))]


def tests_of(path: str, imports: Mapping[str, set[str]]) -> set[str]:
    """The tests nearest to a module: its own, else those of the modules that import it."""
    seen: set[str] = set()
    near = {path}
    while near:
        seen |= near
        importers = {
            other
            for other, names in imports.items()
            if any(f"{name}.".startswith(f"{dotted(each)}.") for name in names for each in near)
        }
        tests = {
            test
            for test in imports
            if is_test(test)
            and (test in near | importers or any(bears_name(test, each) for each in near))
        }
        if tests:
            return tests
        near = importers - seen
    return set()


def is_test(path: str) -> bool:
    """Whether pytest finds tests in a file."""
    return Path(path).name.startswith("test_")


def bears_name(test: str, module: str) -> bool:
    """Whether a test is named for a module of the app: a page's is for its folder."""
    path = Path(module)
    if path.parts[0] != "anonmsg":
        return False
    is_of_folder = path.stem in {"page", "state", "__init__"}
    return Path(test).name.startswith(f"test_{path.parent.name if is_of_folder else path.stem}")


def dotted(path: str) -> str:
    """A module's name as an import says it."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(path: str, source: str) -> set[str]:
    """What a module imports, dotted and whole; none of them a package that it stands in."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if not dotted(path).startswith(f"{name}.")}


def main() -> int:
    """Choose, say what was chosen, and run it."""
    tests = chosen(changed(), sources())
    print("quick:", *tests, flush=True)
    processes = [] if len(tests) <= FEW and tests[0] != OTHERWISE[0] else ["-n", "2"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        "not e2e and not hosts",
        *processes,
        *tests,
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
