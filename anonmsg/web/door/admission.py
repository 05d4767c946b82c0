"""Limits on what a socket or a request may send, and how many of each a network may have."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from anonmsg.runtime.metrics import refused
from anonmsg.runtime.shared.places import Places
from anonmsg.runtime.shared.sharing_redis import Shared

MINUTE = 60.0


@dataclass(frozen=True)
class SocketLimits:
    """The limits of one socket (bytes, frames a second) and of one network's sockets.

    `joins_within` is how many seconds the app may take to answer a tab that connects.
    """

    frame_bytes: int = 16_384
    per_second: int = 20
    burst: int = 60
    open_per_network: int = 300
    new_per_minute: int = 300
    joins_within: float = 10.0

    def scaled(self, factor: float) -> Self:
        """Return the limits multiplied for a load test.

        The frame size stays the same: it bounds memory, and no load test needs
        larger frames.
        """
        return replace(
            self,
            per_second=max(1, round(self.per_second * factor)),
            burst=max(1, round(self.burst * factor)),
            open_per_network=max(1, round(self.open_per_network * factor)),
            new_per_minute=max(1, round(self.new_per_minute * factor)),
        )


@dataclass(frozen=True)
class RequestLimits:
    """The limits of one request's body (bytes, seconds) and of one network's open requests.

    A school or a phone carrier is one network, but its requests take milliseconds.
    """

    open_per_network: int = 300
    body_bytes: int = 65_536
    body_seconds: float = 15.0
    # A body may take so many seconds at first, and a second more for each that it has
    # earned at the least speed: a phone in a tunnel pauses for a few.
    body_patience: float = 8.0
    body_bytes_per_second: int = 1_024

    def scaled(self, factor: float) -> Self:
        """Return the limits with more or fewer open requests for a load test."""
        return replace(self, open_per_network=max(1, round(self.open_per_network * factor)))


@dataclass(frozen=True)
class Limits:
    """All limits of the door."""

    sockets: SocketLimits = SocketLimits()
    requests: RequestLimits = RequestLimits()

    def scaled(self, factor: float) -> Self:
        """Return the limits multiplied for a load test."""
        return replace(
            self, sockets=self.sockets.scaled(factor), requests=self.requests.scaled(factor)
        )


class OpenRequests:
    """Counts each network's requests that have no complete answer yet.

    Of several processes, each asks Redis only beyond its own share of half of them, so
    that a usual request costs no round trip.
    """

    def __init__(self, most: int, *, places: Places | None = None, own: int = 0) -> None:
        """Start with none.

        Args:
            most: How many a network may have open.
            places: Those of all processes together, beyond each one's own.
            own: How many a network may have open in this process without asking.
        """
        self._most, self._places, self._own = most, places, own
        self._open: Counter[str] = Counter()

    def enter(self, network: str) -> bool:
        """Count a request in, unless its network has too many open ones."""
        if self._open[network] >= self._most:
            refused("requests")
            return False
        self._open[network] += 1
        return True

    async def take_place(self, network: str) -> str | None:
        """Take a request's place among all processes.

        Returns:
            The place to give back; "" if it needs none, None if there is none left.
        """
        if self._places is None or self._open[network] <= self._own:
            return ""
        return await self._places.enter(network)

    async def give_back(self, place: str | None) -> None:
        """Give back what `take_place` returned."""
        if place and self._places is not None:
            await self._places.leave(place)

    def leave(self, network: str) -> None:
        """Count a request out."""
        _decrement(self._open, network)


def open_requests(most: int, shared: Shared | None, *, workers: int) -> OpenRequests:
    """Return the count of open requests, shared by all processes if they share anything.

    Args:
        most: How many a network may have open in all.
        shared: What processes share.
        workers: How many of them there are on this machine.
    """
    if shared is None:
        return OpenRequests(most)
    own = most // (2 * workers)
    places = shared.places("requests", most=max(1, most - own * workers))
    return OpenRequests(most, places=places, own=own)


class Allowance:
    """A token bucket with a burst size and a refill rate per second."""

    def __init__(self, *, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        """Start with a full bucket."""
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._filled_at = clock()

    def take(self) -> bool:
        """Take a token, and return whether there was one."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._left < 1:
            refused("frames")
            return False
        self._left -= 1
        return True


class Admission:
    """Counts each network's sockets, including those still being authenticated.

    Authenticating a cookie takes a moment. If sockets only counted afterwards,
    any number of them could get past the limit in that time.
    """

    def __init__(self, limits: SocketLimits, *, clock: Callable[[], float]) -> None:
        """Start with no sockets."""
        self._limits = limits
        self._clock = clock
        self._inside: Counter[str] = Counter()
        self._recent: Counter[str] = Counter()
        self._entries: deque[tuple[float, str]] = deque()

    def enter(self, network: str) -> bool:
        """Count a socket in, unless its network has too many open or new ones."""
        self._drop_expired()
        if self._inside[network] >= self._limits.open_per_network:
            refused("sockets")
            return False
        if self._recent[network] >= self._limits.new_per_minute:
            refused("sockets")
            return False
        self._inside[network] += 1
        self._recent[network] += 1
        self._entries.append((self._clock(), network))
        return True

    def leave(self, network: str) -> None:
        """Count a socket out."""
        _decrement(self._inside, network)

    def _drop_expired(self) -> None:
        while self._entries and self._clock() - self._entries[0][0] >= MINUTE:
            _decrement(self._recent, self._entries.popleft()[1])


def _decrement(counts: Counter[str], network: str) -> None:
    """Subtract one, and drop a network at zero to keep memory small."""
    counts[network] -= 1
    if not counts[network]:
        del counts[network]
