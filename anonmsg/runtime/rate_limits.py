"""Rate limits, counted in this process's memory.

Counts by network live here and nowhere else: their keys are never written to disk.
Limits that guard a secret by account or address are counted in the database
(`services/counters.py`), so a restart doesn't reset them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

import limits
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from anonmsg.errors import TooManyAttempts

# One line per limit: its amount and period, in the format that an operator uses in
# LIMITS. "By network" means by the key of the client's network.
LIMITS: dict[str, str] = {
    "sign_in_minute": "10 per minute",  # by network
    "sign_in_hour": "60 per hour",  # by network
    "sign_up_form": "120 per hour",  # by network; refused forms count too
    "sign_up_hour": "30 per hour",  # by network
    "sign_up_day": "100 per day",  # by network
    "sign_up_address": "3 per hour",  # by email address
    "forgot_hour": "30 per hour",  # by network
    "forgot_day": "100 per day",  # by network
    "forgot_address": "3 per hour",  # by email address
    "code_guess": "30 per hour",  # by network; guards a secret
    "mailed_link": "300 per hour",  # by network; nobody guesses 32 random bytes
    "username_check": "20 per minute",  # by network
    "send_network": "200 per hour",  # by network
    "send_network_inbox": "60 per hour",  # by network and inbox
    "send_inbox": "500 per hour",  # by inbox
    "export": "10 per hour",  # by owner
    "picture": "300 per minute",  # by network
}
GUARDS = frozenset({"code_guess"})

FAILURES_ALLOWED = 5
FAILURES_WINDOW = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# An account's failures are forgotten this long after its last wait.
FORGIVEN_AFTER = timedelta(hours=1)


@dataclass
class _Failures:
    at: list[float]
    waits: int = 0
    blocked_until: float = 0.0


class RateLimits:
    """Enforces the rate limits of one process; thread-safe."""

    def __init__(
        self,
        *,
        factor: float = 1,
        overrides: dict[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Build the limits from the table.

        Args:
            factor: Multiplies every amount except those that guard a secret.
            overrides: Lines of the table that an operator has changed.
            clock: Monotonic time in seconds, for failed sign-ins.

        Raises:
            ValueError: a line names a limit that can't be set, or can't be parsed.
        """
        self._limits = {}
        for name, line in (LIMITS | (overrides or {})).items():
            if name not in LIMITS or (name in GUARDS and line != LIMITS[name]):
                raise ValueError(f"LIMITS: {name} is not a limit that can be set")
            item = limits.parse(line)
            amount = item.amount if name in GUARDS else max(1, int(item.amount * factor))
            self._limits[name] = type(item)(amount, item.multiples)
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._clock = clock
        self._failures: dict[tuple[str, str], _Failures] = {}
        self._lock = Lock()

    def spend(self, name: str, *key: str) -> None:
        """Count one attempt against a limit.

        Raises:
            TooManyAttempts: the limit is reached.
        """
        item = self._limits[name]
        # Two threads that reach the library's store at once start its timer twice, and
        # the second gets a RuntimeError.
        with self._lock:
            if not self._windows.hit(item, name, *key):
                resets_at = self._windows.get_window_stats(item, name, *key).reset_time
                raise TooManyAttempts(timedelta(seconds=resets_at - time.time()))

    def spend_sign_in(self, account: str, network: str) -> None:
        """Count a failed sign-in before comparing the password.

        Counting first means that only five of a hundred simultaneous guesses get
        through. If the password turns out to be right, the caller calls `forgive_sign_in`.

        Raises:
            TooManyAttempts: there were five failures in five minutes; each wait doubles.
        """
        now = self._clock()
        with self._lock:
            self._forget_old(now)
            found = self._failures.setdefault((account, network), _Failures([]))
            if found.blocked_until > now:
                raise TooManyAttempts(timedelta(seconds=found.blocked_until - now))
            if found.at and found.at[-1] < now - FORGIVEN_AFTER.total_seconds():
                found.at, found.waits = [], 0
            recent = now - FAILURES_WINDOW.total_seconds()
            found.at = [*(at for at in found.at if at > recent), now]
            # After the first wait, every further failure starts the next one.
            if len(found.at) >= FAILURES_ALLOWED or found.waits:
                wait = min(FIRST_WAIT * 2**found.waits, LONGEST_WAIT)
                found.waits = min(found.waits + 1, 16)
                found.blocked_until = now + wait.total_seconds()

    def forgive_sign_in(self, account: str, network: str) -> None:
        """Forget an account's failures after a correct password."""
        with self._lock:
            self._failures.pop((account, network), None)

    def _forget_old(self, now: float) -> None:
        if len(self._failures) % 64:
            return
        horizon = now - FORGIVEN_AFTER.total_seconds()
        for key in [
            k for k, f in self._failures.items() if max([f.blocked_until, *f.at]) < horizon
        ]:
            del self._failures[key]
