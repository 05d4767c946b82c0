"""Prints what a fault did: a table with the goals, and a JSON line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

# Figures by name: numbers, or None where nothing was measured.
Row: TypeAlias = "dict[str, float | int | None]"
Rows: TypeAlias = "dict[str, Row]"


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that this share of the values lies at or below; None of no values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(name: str, rows: Rows, most: Mapping[str, float]) -> None:
    """Print the figures.

    Args:
        name: The fault.
        rows: What was measured, by what was done.
        most: The goals: the most that a figure may be.
    """
    table(rows, lambda _title, row: over(row, most))
    line(f"faults {name}", goals=most, found=rows)


def over(row: Row, most: Mapping[str, float]) -> list[str]:
    """Return the names of the figures that are more than they may be."""
    return [name for name, goal in most.items() if (row.get(name) or 0) > goal]


def table(rows: Rows, missed: Callable[[str, Row], Sequence[str]]) -> None:
    """Print the figures of each row under their names.

    Args:
        rows: What was measured, by what was done.
        missed: Returns the figures of a row that miss their goals.
    """
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    width = max(map(len, rows)) + 2
    print(" " * width + "".join(f"{column:>{_wide(column)}}" for column in columns))
    for title, row in rows.items():
        figures = "".join(f"{_figure(row.get(each)):>{_wide(each)}}" for each in columns)
        names = ", ".join(missed(title, row))
        print(f"{title:{width}}{figures}{f'   goal missed: {names}' if names else ''}")


def line(bench: str, **found: object) -> None:
    """Print a line of JSON with what was found, and how busy the machine was."""
    load = [round(each, 2) for each in os.getloadavg()]
    print(json.dumps({"bench": bench, "machine": load} | found), flush=True)


def _wide(column: str) -> int:
    return max(10, len(column) + 2)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
