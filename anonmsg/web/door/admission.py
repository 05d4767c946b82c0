"""How much a socket may send, and how many sockets a network may have."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

MINUTE = 60.0


@dataclass(frozen=True)
class SocketLimits:
    """The bounds of a socket (bytes, frames a second) and of a network's sockets."""

    frame_bytes: int = 16_384
    per_second: int = 20
    burst: int = 60
    open_per_network: int = 300
    new_per_minute: int = 300

    def scaled(self, factor: float) -> Self:
        """The limits for a load test.

        A frame keeps its size: it bounds memory, and no load test needs more.
        """
        return replace(
            self,
            per_second=max(1, round(self.per_second * factor)),
            burst=max(1, round(self.burst * factor)),
            open_per_network=max(1, round(self.open_per_network * factor)),
            new_per_minute=max(1, round(self.new_per_minute * factor)),
        )


class Allowance:
    """A token bucket: so many at once, refilled at so many a second."""

    def __init__(self, *, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        """Begin with a full bucket."""
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._filled_at = clock()

    def take(self) -> bool:
        """Take one, if there is one."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Admission:
    """Counts each network's sockets, those that still wait at the door included.

    Who waits has to count: proving a cookie takes a moment, in which any
    number of others would pass a count of those inside.
    """

    def __init__(self, limits: SocketLimits, *, clock: Callable[[], float]) -> None:
        """Begin with nobody inside."""
        self._limits = limits
        self._clock = clock
        self._inside: Counter[str] = Counter()
        self._recent: Counter[str] = Counter()
        self._entries: deque[tuple[float, str]] = deque()

    def enter(self, network: str) -> bool:
        """Count a socket in, unless its network has too many open or new."""
        self._forget_the_old()
        if self._inside[network] >= self._limits.open_per_network:
            return False
        if self._recent[network] >= self._limits.new_per_minute:
            return False
        self._inside[network] += 1
        self._recent[network] += 1
        self._entries.append((self._clock(), network))
        return True

    def leave(self, network: str) -> None:
        """Count a socket out."""
        _decrement(self._inside, network)

    def _forget_the_old(self) -> None:
        while self._entries and self._clock() - self._entries[0][0] >= MINUTE:
            _decrement(self._recent, self._entries.popleft()[1])


def _decrement(counts: Counter[str], network: str) -> None:
    """Take one away, and forget a network at none, so that memory stays small."""
    counts[network] -= 1
    if not counts[network]:
        del counts[network]
