"""The catalogue of guards to take out: each still fits the code of today, and has its tests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS
from tests.mutants.mutant import DoesNotApply, Mutant, file_of, plain

ROOT = Path(__file__).parents[2]
SOURCE = '''
def spend(left: int) -> None:
    """Take one."""
    if left < 1:  # Nothing is left.
        raise ValueError
    print(left)


def other() -> None:
    print(left)
'''


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_each_guard_is_where_its_mutant_says(mutant: Mutant) -> None:
    source = file_of(mutant, ROOT).read_text()
    without = mutant.applied(source)
    assert ast.dump(ast.parse(without)) != ast.dump(ast.parse(source))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_each_has_tests_that_may_notice(mutant: Mutant) -> None:
    found = [ROOT / "tests" / each for each in mutant.tests.split()]
    assert found
    assert [path for path in found if not path.exists()] == []
    files = [file for path in found for file in ([path] if path.is_file() else path.glob("*.py"))]
    assert any(mutant.only in file.read_text() for file in files)


def test_there_are_many_and_no_two_have_one_name() -> None:
    names = [each.name for each in MUTANTS]
    assert len(names) == len(set(names)) > 60


def test_a_statement_and_a_condition_are_taken_out() -> None:
    bare = Mutant("never empty", "x.py", "if left < 1:", "if False:", "unit")
    assert plain(bare.applied(SOURCE)) == plain(SOURCE).replace("left < 1", "False")
    quiet = Mutant("said", "x.py", "print(left)", "pass", "unit", inside="other")
    assert plain(quiet.applied(SOURCE)).count("pass") == 1
    assert "print(left)\n\ndef other" in quiet.applied(SOURCE)


@pytest.mark.parametrize(
    "rotten",
    [
        Mutant("a rule", "x.py", "if left < 2:", "if False:", "unit"),
        Mutant("a rule", "x.py", "print(left)", "pass", "unit"),
        Mutant("a rule", "x.py", "print(left)", "pass", "unit", inside="gone"),
        Mutant("a rule", "x.py", "raise ValueError", "pass", "unit", also=(("never", "pass"),)),
    ],
)
def test_one_that_no_longer_applies_says_so(rotten: Mutant) -> None:
    with pytest.raises(DoesNotApply, match='"a rule" no longer applies: '):
        rotten.applied(SOURCE)
