"""Prints what a fault did: a table with the goals, and a JSON line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
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
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    width = max(map(len, rows)) + 2
    print(" " * width + "".join(f"{column:>{_wide(column)}}" for column in columns))
    for title, row in rows.items():
        figures = "".join(f"{_figure(row.get(each)):>{_wide(each)}}" for each in columns)
        print(f"{title:{width}}{figures}{_verdict(row, most)}")
    load = [round(each, 2) for each in os.getloadavg()]
    print(json.dumps({"bench": f"faults {name}", "machine": load, "goals": most, "found": rows}))


def _verdict(row: Row, most: Mapping[str, float]) -> str:
    missed = [each for each, goal in most.items() if (row.get(each) or 0) > goal]
    return f"   goal missed: {', '.join(missed)}" if missed else ""


def _wide(column: str) -> int:
    return max(10, len(column) + 2)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
