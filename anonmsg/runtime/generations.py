"""Generations: what is remembered for a while, and forgotten without a sweep.

A sweep over a million keys holds the interpreter for seconds, and everybody waits. So
keys lie in many small shards, and each shard has two generations: what was written since
it last turned, and what was written in the turn before. A shard turns when it is next
used after `lives` has passed: the older generation, untouched for at least that long, is
dropped as a whole. That is a few thousand keys at most, so a call costs the same
whether a hundred keys are remembered or a million.

The caller holds a lock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

SHARDS = 256

Value = TypeVar("Value")


class _Shard(Generic[Value]):
    """One part of the keys, in two generations."""

    __slots__ = ("fits", "old", "turned_at", "young")

    def __init__(self, fits: int) -> None:
        self.young: dict[int, Value] = {}
        self.old: dict[int, Value] = {}
        self.turned_at = float("-inf")
        self.fits = fits


class Generations(Generic[Value]):
    """Values by key, each kept for `lives` seconds after it was last written, in bounded room."""

    def __init__(
        self,
        *,
        lives: float,
        room: int,
        outlasts: Callable[[Value], bool] = lambda _: False,
    ) -> None:
        """Start empty.

        Args:
            lives: How many seconds a value is kept at least, unless room runs out.
            room: How many keys fit. Beyond that, what was written longest ago is forgotten
                early.
            outlasts: Which values are kept all the same, so that nobody can have their
                own forgotten by filling the room. They take room of their own.
        """
        self._lives = lives
        self._outlasts = outlasts
        # Two generations of each shard share the room.
        self._fits = max(1, room // (2 * SHARDS))
        # Made on first use: most limits of a process count little.
        self._shards: dict[int, _Shard[Value]] = {}

    def get(self, key: tuple[Hashable, ...], now: float) -> Value | None:
        """Return the value of a key, or None if there is none any more."""
        hashed = hash(key)
        shard = self._turned(hashed, now)
        found = shard.young.get(hashed)
        return shard.old.get(hashed) if found is None else found

    def put(self, key: tuple[Hashable, ...], value: Value, now: float) -> None:
        """Remember a value; its time begins anew."""
        # Python's hash of strings is keyed by a secret of the process (SipHash), so nobody
        # outside can find two keys that share one, and a million by chance don't.
        hashed = hash(key)
        shard = self._turned(hashed, now)
        shard.old.pop(hashed, None)
        shard.young[hashed] = value

    def forget(self, key: tuple[Hashable, ...], now: float) -> None:
        """Forget a key."""
        hashed = hash(key)
        shard = self._turned(hashed, now)
        shard.old.pop(hashed, None)
        shard.young.pop(hashed, None)

    def __len__(self) -> int:
        """Return how many keys are held in memory, dead ones included."""
        return sum(len(shard.young) + len(shard.old) for shard in self._shards.values())

    def _turned(self, hashed: int, now: float) -> _Shard[Value]:
        """Return the shard of a key, turned if it is time or if it's full."""
        place = hashed % SHARDS
        shard = self._shards.get(place)
        if shard is None:
            shard = self._shards[place] = _Shard(self._fits)
        idle = now - shard.turned_at
        if idle >= self._lives:
            shard.old = shard.young if idle < 2 * self._lives else {}
            shard.young, shard.turned_at, shard.fits = {}, now, self._fits
        elif len(shard.young) >= shard.fits:
            kept = {key: value for key, value in shard.old.items() if self._outlasts(value)}
            shard.old, shard.young, shard.turned_at = shard.young, kept, now
            shard.fits = self._fits + len(kept)
        return shard
