"""Form checks: every problem of a form is told at once, each under its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, overload

from anonmsg.errors import AppError, FormRefused

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@overload
def check_all(first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...


@overload
def check_all(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
) -> tuple[A, B, C]: ...


def check_all(*checks: Callable[[], object]) -> tuple[object, ...]:
    """Run the check of every field, even after one has refused, and return what they return.

    A refusal that belongs to no field, such as a rate limit, ends the form at once.

    Raises:
        AppError: one field is refused, or the whole form.
        FormRefused: several fields are refused, each with its reason.
    """
    passed: list[object] = []
    refusals: list[AppError] = []
    for check in checks:
        try:
            passed.append(check())
        except AppError as refusal:
            if not refusal.field:
                raise
            refusals.append(refusal)
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise FormRefused(refusals)
    return tuple(passed)
