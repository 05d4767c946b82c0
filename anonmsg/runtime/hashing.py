"""The hashing pool: few threads, a bounded queue, and a share of it for each.

bcrypt keeps a core busy for a quarter of a second. So use cases that hash have threads
of their own, and whoever finds no place is told at once. No account and no network
gets more than its share of the places, so nobody can fill the queue alone. In the queue,
sign-ins go before everything else, and a share's first call before another's second.
"""

from __future__ import annotations

import heapq
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Lock, get_native_id
from typing import Any, TypeVar

from anonmsg.errors import Busy
from anonmsg.runtime.metrics import here, refused

T = TypeVar("T")

# bcrypt keeps a core busy; the machine's other cores stay free for everyone else.
THREADS = 2
# At a quarter of a second each, the last in the queue waits about four seconds.
QUEUE = 32
# How much these threads give way to the others, as `nice` counts it.
NICENESS = 10
LEAST_URGENT = 19
PLACES_OF_AN_ACCOUNT = 4
# A school or a carrier is one network.
PLACES_OF_A_NETWORK = 8


@dataclass(frozen=True)
class Share:
    """On whose account a call takes a place.

    Attributes:
        key: Who it is: an account or a network.
        places: How many places they may have at once, those being served included.
        is_sign_in: Whether it goes before what isn't.
    """

    key: str
    places: int
    is_sign_in: bool = False

    @classmethod
    def of_account(cls, owner_id: str) -> Share:
        """Return the share of a signed-in owner."""
        return cls(f"account {owner_id}", PLACES_OF_AN_ACCOUNT)

    @classmethod
    def of_network(cls, network: str) -> Share:
        """Return the share of a network, for what a stranger asks."""
        return cls(f"network {network}", PLACES_OF_A_NETWORK)

    @classmethod
    def of_sign_in(cls, network: str) -> Share:
        """Return the share of a network that signs in."""
        return cls(f"sign-in {network}", PLACES_OF_A_NETWORK, is_sign_in=True)


class HashingPool:
    """Runs the calls that hash; thread-safe."""

    def __init__(self, threads: int = THREADS) -> None:
        """Start with no call; threads start when they're needed.

        Args:
            threads: How many hash at the same time in this process.
        """
        self._threads = ThreadPoolExecutor(threads, initializer=_give_way)
        self._most = threads + QUEUE
        self._lock = Lock()
        self._taken: Counter[str] = Counter()
        self._waiting: list[tuple[bool, int, int, Callable[[], None]]] = []
        self._numbers = count()

    def submit(self, share: Share, job: Callable[[], T]) -> Future[T]:
        """Take a place for a call, and keep it until the call has been served.

        Raises:
            Busy: there is no place left, or none for this share.
        """
        future: Future[T] = Future()
        since = time.monotonic()
        with self._lock:
            taken = self._taken[share.key]
            if taken >= share.places or self._taken.total() >= self._most:
                refused("hashing")
                raise Busy
            self._taken[share.key] += 1
            entry = (not share.is_sign_in, taken, next(self._numbers))
            heapq.heappush(self._waiting, (*entry, lambda: self._serve(share, future, job, since)))
        # Whichever thread comes free takes the first of those that wait, not this one.
        self._threads.submit(self._next)
        return future

    def close(self) -> None:
        """Wait for every call to be served."""
        self._threads.shutdown(wait=True)

    def _next(self) -> None:
        with self._lock:
            *_, serve = heapq.heappop(self._waiting)
        serve()

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return len(self._waiting)

    def _serve(
        self, share: Share, future: Future[Any], job: Callable[[], Any], since: float
    ) -> None:
        here().hashing_wait.observe(time.monotonic() - since)
        # A caller that has gone away costs no hash, but keeps the place until here.
        is_wanted = future.set_running_or_notify_cancel()
        result, error = None, None
        try:
            result = job() if is_wanted else None
        except BaseException as raised:  # noqa: BLE001  (the caller raises it)
            error = raised
        self._free(share)
        if not is_wanted:
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def _free(self, share: Share) -> None:
        with self._lock:
            self._taken[share.key] -= 1
            if not self._taken[share.key]:
                del self._taken[share.key]


def _give_way() -> None:
    """Let this thread give way: whoever is waiting for a page waits for no hash.

    Linux schedules each thread by a niceness of its own; elsewhere it is the process's.
    """
    if sys.platform == "linux":
        thread = get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread) + NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, min(LEAST_URGENT, niceness))
