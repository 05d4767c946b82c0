"""Counts of attempts: what the rate limits ask, and the counts in this process's memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple, Protocol, TypeAlias

from anonmsg.runtime.failed_sign_ins import FailedSignIns
from anonmsg.runtime.sliding_windows import SlidingWindows

# A limit's name, and the key that is counted.
Spending: TypeAlias = "tuple[str, ...]"


class Reached(NamedTuple):
    """A limit that is reached: its name, and how many seconds to wait."""

    limit: str
    wait: float


class Line(NamedTuple):
    """A limit: how many attempts in how many seconds, and whether it guards a secret."""

    amount: int
    period: float
    guards: bool


class Counts(Protocol):
    """Counts attempts; thread-safe. Waits are in seconds."""

    def __len__(self) -> int:
        """Return how many keys are held in this process's memory."""

    def spend_all(self, attempts: Sequence[Sequence[Spending]]) -> list[Reached | None]:
        """Count several attempts at once, each against one or more limits in turn.

        Returns:
            For each attempt None if it was counted, or the first limit that is reached;
            those after it count nothing.
        """

    def fail(self, account: str, origin: str) -> float:
        """Count a failed sign-in before the password is compared; return the wait, or 0."""

    def forgive(self, account: str, origin: str) -> None:
        """Forget an account's failures after a correct password."""


class CountsHere:
    """The counts of one process."""

    def __init__(
        self,
        lines: Mapping[str, Line],
        *,
        room: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with nothing counted.

        Args:
            lines: The limits by name.
            room: How many keys of one limit are counted.
            clock: Monotonic time in seconds.
        """
        self._windows = {
            name: SlidingWindows(line.amount, line.period, room=room, guards=line.guards)
            for name, line in lines.items()
        }
        self._failures = FailedSignIns(room=room)
        self._clock, self._lock = clock, Lock()

    def __len__(self) -> int:
        """Return how many keys are held in memory."""
        with self._lock:
            return sum(map(len, self._windows.values())) + len(self._failures)

    def spend_all(self, attempts: Sequence[Sequence[Spending]]) -> list[Reached | None]:
        """Count several attempts at once; see Counts."""
        with self._lock:
            now = self._clock()
            return [self._first_reached(spendings, now) for spendings in attempts]

    def _first_reached(self, spendings: Sequence[Spending], now: float) -> Reached | None:
        for name, *key in spendings:
            if wait := self._windows[name].hit(tuple(key), now):
                return Reached(name, wait)
        return None

    def fail(self, account: str, origin: str) -> float:
        """Count a failed sign-in; see Counts."""
        with self._lock:
            return self._failures.spend(account, origin, self._clock())

    def forgive(self, account: str, origin: str) -> None:
        """Forget an account's failures; see Counts."""
        with self._lock:
            self._failures.forgive(account, origin, self._clock())
