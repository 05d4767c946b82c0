"""Sliding windows: how many attempts each key has made in about the last period.

Two counts a key: of the window that runs, and of the one before it. The earlier one
weighs less the further the present window has come, as if its attempts had come evenly.
A key's first attempt begins its window, so a burst never straddles two of them.

In any period, a key therefore gets at most its amount, plus what comes free evenly of an
earlier burst: over several periods never more than its amount a period.
"""

from __future__ import annotations

from collections.abc import Hashable

from anonmsg.runtime.generations import Generations

_COUNT_BITS = 32
_MOST = (1 << _COUNT_BITS) - 1


class SlidingWindows:
    """The counts of one limit; the caller holds a lock."""

    def __init__(self, amount: int, period: float, *, room: int, guards: bool = False) -> None:
        """Start with nothing counted.

        Args:
            amount: How many attempts a key may make in a period.
            period: In seconds.
            room: How many keys are counted; beyond that, what was counted longest ago is
                forgotten early, so nobody is refused because of others.
            guards: Whether the limit guards a secret: a key that has spent half of its
                attempts is then never forgotten early. Each such key costs an attacker
                half of the amount, so these stay few.
        """
        self._amount = min(amount, _MOST)
        self._period = round(period * 1000)
        # After two windows without an attempt, nothing of a key weighs any more.
        self._counts = Generations[int](
            lives=2 * period, room=room, outlasts=self._is_half_spent if guards else _never
        )

    def __len__(self) -> int:
        """Return how many keys are held in memory."""
        return len(self._counts)

    def hit(self, key: tuple[Hashable, ...], now: float) -> float:
        """Count an attempt.

        Args:
            key: Who makes it.
            now: Monotonic time in seconds.

        Returns:
            0 if it was counted, or how many seconds to wait. Only what was let through
            counts, so asking too often makes nobody wait longer.
        """
        elapsed, before, count = self._of(key, now)
        left = self._amount - count
        if left > self._carried(before, elapsed):
            started = round(now * 1000) - elapsed
            packed = started << 2 * _COUNT_BITS | before << _COUNT_BITS | count + 1
            self._counts.put(key, packed, now)
            return 0.0
        return self._wait(elapsed, before, left) / 1000

    def _of(self, key: tuple[Hashable, ...], now: float) -> tuple[int, int, int]:
        """Return how far the key's window has come, in ms, and its two counts."""
        packed = self._counts.get(key, now)
        if packed is None:
            return 0, 0, 0
        count, before = packed & _MOST, packed >> _COUNT_BITS & _MOST
        elapsed = round(now * 1000) - (packed >> 2 * _COUNT_BITS)
        if elapsed >= 2 * self._period:
            return 0, 0, 0
        if elapsed >= self._period:
            return elapsed - self._period, count, 0
        return max(0, elapsed), before, count

    def _carried(self, before: int, elapsed: int) -> int:
        """Return what still weighs of the earlier window: one comes free at once, then evenly."""
        return max(0, before - 1 - before * elapsed // self._period)

    def _wait(self, elapsed: int, before: int, left: int) -> int:
        if left <= 0:
            return self._period - elapsed
        # The first moment at which less is carried than is left.
        return -(-(before - left) * self._period // before) - elapsed

    def _is_half_spent(self, packed: int) -> bool:
        return 2 * ((packed & _MOST) + (packed >> _COUNT_BITS & _MOST)) >= self._amount


def _never(_packed: int) -> bool:
    return False
