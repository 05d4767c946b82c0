"""Places: how much a network has open in all processes together.

A place that isn't renewed comes free by itself, so a killed process's do. While Redis is
away every place is given: each process also counts its own, and that count still refuses.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from anonmsg.runtime.metrics import refused
from anonmsg.runtime.shared.counting_scripts import ENTER, RENEW
from anonmsg.runtime.shared.redis_link import RedisAway, RedisLink

RENEW_SECONDS = 30.0
# Three renewals, so that one that fails costs nobody a place.
LIVES_MS = 90_000
RENEWED_TOGETHER = 500


class Places:
    """The places of one kind, such as open sockets."""

    def __init__(
        self,
        link: RedisLink,
        kind: str,
        *,
        most: int,
        new_per_minute: int = 0,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Start with none of this process's.

        Args:
            link: The connection to Redis.
            kind: What they are places for; a word for the keys' names.
            most: How many a network has.
            new_per_minute: How many new ones a network gets a minute; 0 for any number.
            clock: Time in seconds; by default that of Redis.
        """
        self._link, self._kind, self._clock = link, kind, clock
        self._most, self._new_per_minute = most, new_per_minute
        # The key of each place that this process holds, by its random name.
        self._held: dict[str, str] = {}

    async def enter(self, network: str) -> str | None:
        """Take a place, and return its name; or None if the network has no more."""
        member = secrets.token_hex(8)
        key = self._link.name(self._kind, network)
        args: list[str | int] = [self._now(), member, self._most, LIVES_MS, self._new_per_minute]
        try:
            is_in = await self._link.run_async(ENTER, [key, f"{key}:new"], args)
        except RedisAway:
            is_in = 1
        if not is_in:
            refused(self._kind)
            return None
        self._held[member] = key
        return member

    async def leave(self, place: str) -> None:
        """Give a place back."""
        key = self._held.pop(place)
        try:
            with self._link.using():
                await self._link.loop.zrem(key, place)
        except RedisAway:
            # It comes free by itself.
            return

    async def renew(self) -> None:
        """Keep the places of this process, and take them again if Redis has lost them."""
        held = list(self._held.items())
        for start in range(0, len(held), RENEWED_TOGETHER):
            some = [each for each in held[start:][:RENEWED_TOGETHER] if each[0] in self._held]
            args: list[str | int] = [self._now(), LIVES_MS, *(member for member, _ in some)]
            try:
                await self._link.run_async(RENEW, [key for _, key in some], args)
            except RedisAway:
                return

    def _now(self) -> str:
        return "" if self._clock is None else str(round(self._clock() * 1000))
