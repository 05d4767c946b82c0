"""A guard to take out: where it stands, what takes its place, and which tests ought to notice."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path


class DoesNotApply(Exception):
    """Raised when a guard is not where its mutant says; the text is a plain sentence."""


@dataclass(frozen=True)
class Mutant:
    """One guard.

    Attributes:
        name: What is guarded no longer.
        file: The module below `anonmsg/`.
        old: Code of it as `ast.unparse` writes it: without comments, each
            statement on one line. It must be there once.
        new: What takes its place; `pass` deletes a statement.
        tests: The files or folders below `tests/` that ought to notice, with a space between.
        inside: The function or class that the code stands in, such as `Guard.preprocess`.
        only: Words for pytest's -k, where a file has far more than is needed.
        also: Another guard that goes with it, where each would make up for the other.
    """

    name: str
    file: str
    old: str
    new: str
    tests: str
    inside: str = ""
    only: str = ""
    also: tuple[tuple[str, str], ...] = ()

    def applied(self, source: str) -> str:
        """The module without its guard, free of comments and line breaks of its own.

        Raises:
            DoesNotApply: the code is not there, or stands there more than once.
        """
        text = plain(source)
        for old, new in ((self.old, self.new), *self.also):
            first, last = self._place(text)
            lines = text.splitlines(keepends=True)
            within = "".join(lines[first:last])
            if (found := within.count(old)) != 1:
                where = f"{self.file}, {self.inside}" if self.inside else self.file
                raise DoesNotApply(
                    f'"{self.name}" no longer applies: its code is {found} times in {where}. '
                    f"Look what guards this now, and say so in tests/mutants: {old!r}"
                )
            text = "".join(lines[:first]) + within.replace(old, new) + "".join(lines[last:])
        return text

    def _place(self, text: str) -> tuple[int, int]:
        """The lines to look in: the first, and the one after the last."""
        nodes: list[ast.AST] = [ast.parse(text)]
        for name in filter(None, self.inside.split(".")):
            inner = [each for node in nodes for each in ast.iter_child_nodes(node)]
            nodes = [each for each in inner if getattr(each, "name", None) == name]
        if not self.inside:
            return 0, len(text.splitlines())
        if len(nodes) != 1:
            raise DoesNotApply(
                f'"{self.name}" no longer applies: {self.file} has no {self.inside}. '
                "Look what guards this now, and say so in tests/mutants."
            )
        (place,) = nodes
        assert isinstance(place, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        return place.lineno - 1, place.end_lineno or place.lineno


@cache
def plain(source: str) -> str:
    """A module as `ast.unparse` writes it."""
    return ast.unparse(ast.parse(source)) + "\n"


def file_of(mutant: Mutant, root: Path) -> Path:
    """The mutant's module in a checkout."""
    return root / "anonmsg" / mutant.file


@dataclass(frozen=True)
class Guard:
    """A mutant without its module and its tests, which several have in common."""

    name: str
    old: str
    new: str
    inside: str = ""
    only: str = ""
    also: tuple[tuple[str, str], ...] = ()


def of(file: str, tests: str, *guards: Guard) -> tuple[Mutant, ...]:
    """The mutants of one module that the same tests ought to notice."""
    return tuple(
        Mutant(each.name, file, each.old, each.new, tests, each.inside, each.only, each.also)
        for each in guards
    )


def never(name: str, condition: str, inside: str = "", only: str = "") -> Guard:
    """An `if` whose condition never holds."""
    return Guard(name, f"if {condition}:", "if False:", inside, only)


def gone(name: str, statement: str, inside: str = "", only: str = "") -> Guard:
    """A statement that is not there any more."""
    return Guard(name, statement, "pass", inside, only)


def cut(name: str, part: str, inside: str = "", only: str = "") -> Guard:
    """A part of an expression that is not there any more."""
    return Guard(name, part, "", inside, only)


def instead(name: str, old: str, new: str, inside: str = "", only: str = "") -> Guard:
    """Something weaker in a guard's place."""
    return Guard(name, old, new, inside, only)
