"""One thing that `check-config` has checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: its title, result, notes and problems.

    `settings` names the settings it depends on. If one of them is bad, the
    finding is skipped.
    """

    title: str
    says: str
    settings: frozenset[str]
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
