"""The code and tests that docs/asvs.md names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
# An entry at the head of a row of README's table, and a module's path in prose.
ENTRY = re.compile(r"(?:^\| |, )`([\w.]+/?)`(?=[ ,])")
MODULE = re.compile(r"`((?:[a-z_0-9]+/)*[a-z_0-9]+\.py)`")
ASVS = (ROOT / "docs" / "asvs.md").read_text()
PATH = re.compile(r"`((?:anonmsg|assets|bench|docs|tests)/[\w./-]+)`")
NUMBER = re.compile(r"\bV\d+\.\d+\.\d+\b")


def claims(document: str) -> list[list[str]]:
    """The cells of each requirement that is claimed to be met."""
    rows = [line.strip("|").split(" | ") for line in document.splitlines() if "| V" in line]
    return [row for row in rows if len(row) == 4]


def missing(document: str) -> list[str]:
    """The paths a document names that don't exist."""
    return [path for path in PATH.findall(document) if not (ROOT / path).exists()]


def test_everything_that_is_named_exists() -> None:
    assert missing(ASVS) == []
    assert len(PATH.findall(ASVS)) > 150


def test_readmes_table_of_rooms_has_every_entry_of_the_house() -> None:
    table = README.partition("The app lives in `anonmsg/`:")[2].partition("`make bench`")[0]
    named = {entry.rstrip("/") for line in table.splitlines() for entry in ENTRY.findall(line)}
    house = {each.name for each in (ROOT / "anonmsg").iterdir() if is_room(each)}
    assert named == house


def is_room(entry: Path) -> bool:
    """Whether an entry of the package holds code that a reader would look for."""
    has_code = entry.is_file() or any(entry.rglob("*.py"))
    return has_code and entry.name not in {"__init__.py", "__pycache__"}


@pytest.mark.parametrize(
    "name",
    ["CONTRIBUTING.md", "docs/architecture.md", "docs/hosting.md", "docs/operations.md"],
)
def test_the_readme_leads_to_the_map_and_to_how_a_change_is_made(name: str) -> None:
    assert f"]({name})" in README
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md", "README.md"])
def test_documents_name_modules_that_exist(name: str) -> None:
    found = MODULE.findall((ROOT / name).read_text())
    there = [path for path in found if (ROOT / path).exists() or (ROOT / "anonmsg" / path).exists()]
    # Every page has the first two, and the exercise makes the last.
    of_a_page = {"page.py", "state.py"} | {path for path in found if "hello" in path}
    assert set(found) - set(there) - of_a_page == set()


def test_a_path_that_does_not_exist_is_seen() -> None:
    assert missing("`anonmsg/public.py` and `tests/unit/test_rule.py`") == [
        "tests/unit/test_rule.py"
    ]


def test_each_claim_names_its_code_and_its_test() -> None:
    found = claims(ASVS)
    assert len(found) > 80
    for requirement, _how, code, test in found:
        assert NUMBER.search(requirement), requirement
        assert PATH.search(code), requirement
        assert all(path.startswith("tests/") for path in PATH.findall(test)), requirement
        assert PATH.search(test), requirement


def test_no_requirement_is_both_met_and_not() -> None:
    met, _, rest = ASVS.partition("## Not met")
    claimed = [number for row in claims(met) for number in NUMBER.findall(row[0])]
    assert sorted(claimed) == sorted(set(claimed))
    assert not set(claimed) & set(NUMBER.findall(rest))
