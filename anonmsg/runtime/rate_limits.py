"""Rate limits, counted in this process's memory, or in Redis by several processes.

Counts by network live there and nowhere else: their keys are never written to disk.
Limits that guard a secret by account or address are counted in the database
(`services/counters.py`), so a restart doesn't reset them. In memory, time is monotonic, so
a wall clock that is wrong for a moment lets nobody through and holds nobody up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import limits

from anonmsg.errors import TooManyAttempts
from anonmsg.runtime.counts import Counts, CountsHere, Line, Reached, Spending
from anonmsg.runtime.metrics import refused
from anonmsg.runtime.shared.redis_link import RedisLink
from anonmsg.runtime.shared.shared_counts import SharedCounts

# One line per limit: its amount and period, in the format that an operator uses in
# LIMITS. "By network" means by the key of the client's network.
LIMITS: dict[str, str] = {
    "sign_in_minute": "10 per minute",  # by network
    "sign_in_hour": "60 per hour",  # by network
    "sign_up_form": "120 per hour",  # by network; refused forms count too
    "sign_up_hour": "30 per hour",  # by network
    "sign_up_day": "100 per day",  # by network
    "sign_up_address": "10 per hour",  # by email address
    "sign_up_address_network": "3 per hour",  # by email address and network
    "forgot_hour": "30 per hour",  # by network
    "forgot_day": "100 per day",  # by network
    "forgot_address": "10 per hour",  # by email address
    "forgot_address_network": "3 per hour",  # by email address and network
    "password_form": "20 per 5 minutes",  # by owner; forms that ask for the password again
    "code_guess": "30 per hour",  # by network; guards a secret
    "code_guess_address": "25 per day",  # by email address and network; guards a secret
    "mailed_link": "300 per hour",  # by network; nobody guesses 32 random bytes
    "username_check": "20 per minute",  # by network
    "send_network": "200 per hour",  # by network
    "send_network_inbox": "60 per hour",  # by network and inbox
    "send_inbox": "500 per hour",  # by inbox
    "storm_5": "5 per minute",  # by inbox, whose owner chose this brake: more is held
    "storm_10": "10 per minute",  # the same
    "storm_30": "30 per minute",  # the same
    "export": "10 per hour",  # by owner
    "search": "60 per minute",  # by owner; each is at most a third of a second's work
    "test_message": "10 per day",  # by owner; only an empty inbox takes one
    "picture": "300 per minute",  # by network
}
GUARDS = frozenset({"code_guess", "code_guess_address"})
# What an owner chose counts as it is: neither the factor nor the operator changes it.
STORMS = frozenset({"storm_5", "storm_10", "storm_30"})
FIXED = GUARDS | STORMS
# How many keys of one limit are counted in memory, at about 160 bytes each.
ROOM = 500_000


class RateLimits:
    """Enforces the rate limits; thread-safe."""

    def __init__(
        self,
        *,
        factor: float = 1,
        overrides: dict[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        room: int = ROOM,
    ) -> None:
        """Build the limits from the table; they count in this process.

        Args:
            factor: Multiplies every amount except those that guard a secret or that an owner chose.
            overrides: Lines of the table that an operator has changed.
            clock: Monotonic time in seconds.
            room: How many keys of one limit are counted.

        Raises:
            ValueError: a line names a limit that can't be set, or can't be parsed.
        """
        self._lines: dict[str, Line] = {}
        for name, line in (LIMITS | (overrides or {})).items():
            if name not in LIMITS or (name in FIXED and line != LIMITS[name]):
                raise ValueError(f"LIMITS: {name} is not a limit that can be set")
            item = limits.parse(line)
            amount = item.amount if name in FIXED else max(1, int(item.amount * factor))
            self._lines[name] = Line(amount, float(item.get_expiry()), name in GUARDS)
        self._counts: Counts = CountsHere(self._lines, room=room, clock=clock)

    def share(self, link: RedisLink, *, clock: Callable[[], float] | None = None) -> None:
        """Count together with the other processes that use one Redis.

        Args:
            link: The connection to Redis.
            clock: Time in seconds; by default that of Redis.
        """
        self._counts = SharedCounts(link, self._lines, self._counts, clock=clock)

    def __len__(self) -> int:
        """Return how many keys are held in memory."""
        return len(self._counts)

    def spend(self, name: str, *key: str) -> None:
        """Count one attempt against a limit.

        Raises:
            TooManyAttempts: the limit is reached.
        """
        (refusal,) = self.spend_all([[(name, *key)]])
        if refusal is not None:
            raise refusal

    def spend_all(self, attempts: Sequence[Sequence[Spending]]) -> list[TooManyAttempts | None]:
        """Count several attempts at once, each against one or more limits in turn.

        Returns:
            For each attempt None, or its refusal by the first limit that is reached.
        """
        return [_refusal(each) if each else None for each in self._counts.spend_all(attempts)]

    def spend_sign_in(self, account: str, network: str) -> None:
        """Count a failed sign-in before comparing the password.

        Counting first means that only five of a hundred simultaneous guesses get
        through. If the password turns out to be right, the caller calls `forgive_sign_in`.

        Raises:
            TooManyAttempts: there were five failures in five minutes; each wait doubles.
        """
        if wait := self._counts.fail(account, network):
            raise _refusal(Reached("failed_sign_ins", wait))

    def forgive_sign_in(self, account: str, network: str) -> None:
        """Forget an account's failures after a correct password."""
        self._counts.forgive(account, network)


def _refusal(reached: Reached) -> TooManyAttempts:
    refused(reached.limit)
    return TooManyAttempts(timedelta(seconds=reached.wait))
