"""The code and tests that docs/asvs.md names exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
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


def test_a_path_that_does_not_exist_is_seen() -> None:
    assert missing("`anonmsg/rules.py` and `tests/unit/test_rule.py`") == [
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
