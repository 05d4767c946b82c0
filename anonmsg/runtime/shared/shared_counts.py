"""Attempts counted in Redis for all processes, and here while Redis is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from anonmsg.runtime.counts import Counts, Line, Reached, Spending
from anonmsg.runtime.failed_sign_ins import (
    FAILURES_ALLOWED,
    FAILURES_WINDOW,
    FIRST_WAIT,
    FORGIVEN_AFTER,
    LONGEST_WAIT,
)
from anonmsg.runtime.shared.counting_scripts import FAIL, SPEND
from anonmsg.runtime.shared.redis_link import RedisAway, RedisLink

FAILURES = [
    FAILURES_ALLOWED,
    *(
        each // timedelta(milliseconds=1)
        for each in (FAILURES_WINDOW, FIRST_WAIT, LONGEST_WAIT, FORGIVEN_AFTER)
    ),
]


class SharedCounts:
    """The counts of all processes that use one Redis; thread-safe."""

    def __init__(
        self,
        link: RedisLink,
        lines: Mapping[str, Line],
        here: Counts,
        *,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Keep what counts.

        Args:
            link: The connection to Redis.
            lines: The limits by name.
            here: What counts while Redis is away.
            clock: Time in seconds; by default that of Redis.
        """
        self._link, self._lines, self._here, self._clock = link, lines, here, clock

    def __len__(self) -> int:
        """Return how many keys are held in this process's memory."""
        return len(self._here)

    def spend_all(self, attempts: Sequence[Sequence[Spending]]) -> list[Reached | None]:
        """Count several attempts in one round trip; see Counts."""
        if not attempts:
            return []
        keys: list[str] = []
        args: list[str | int] = [self._now()]
        for spendings in attempts:
            args.append(len(spendings))
            for spending in spendings:
                line = self._lines[spending[0]]
                keys.append(self._link.name("limit", *spending))
                args += [line.amount, round(line.period * 1000)]
        try:
            found: list[int] = self._link.run(SPEND, keys, args)
        except RedisAway:
            return self._here.spend_all(attempts)
        # For each attempt the number of its spending that was refused, and the wait in ms.
        answers = zip(attempts, found[::2], found[1::2], strict=True)
        return [
            Reached(spendings[number - 1][0], wait / 1000) if wait else None
            for spendings, number, wait in answers
        ]

    def fail(self, account: str, origin: str) -> float:
        """Count a failed sign-in; see Counts."""
        key = self._link.name("sign-in", account, origin)
        try:
            wait: int = self._link.run(FAIL, [key], [self._now(), *FAILURES])
        except RedisAway:
            return self._here.fail(account, origin)
        return wait / 1000

    def forgive(self, account: str, origin: str) -> None:
        """Forget an account's failures; see Counts."""
        self._here.forgive(account, origin)
        try:
            with self._link.using():
                self._link.threads.delete(self._link.name("sign-in", account, origin))
        except RedisAway:
            # The failure stays counted for its hour, which is the safe side.
            return

    def _now(self) -> str:
        return "" if self._clock is None else str(round(self._clock() * 1000))
