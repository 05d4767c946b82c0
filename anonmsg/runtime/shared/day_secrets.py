"""The day's secret, from which networks' keys are made: forgotten after a day.

Of one process it's random and never stored. Of several it's made of a random salt in
Redis and the PEPPER, which Redis doesn't know: whoever has only one of them can't tell
which network a key stands for, and a day later nobody can.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from anonmsg.runtime.shared.redis_link import PREFIX, RedisAway, RedisLink

LIVES_SECONDS = timedelta(days=1).total_seconds()
SALT_BYTES = 32
SALT_KEY = f"{PREFIX}salt"
# How often a process looks whether Redis has another salt, in seconds.
LOOK_SECONDS = 60.0


class DaySecret:
    """A secret of this process, new each day."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin a day.

        Args:
            clock: A monotonic clock in seconds.
        """
        self._clock = clock
        self._begin(secrets.token_bytes(SALT_BYTES), LIVES_SECONDS)

    def value(self) -> bytes:
        """Return the secret, 32 bytes."""
        if self._clock() >= self._until:
            self._begin(secrets.token_bytes(SALT_BYTES), LIVES_SECONDS)
        return self._secret

    def _begin(self, salt: bytes, lives: float) -> None:
        self._salt, self._secret = salt, self._made_of(salt)
        self._until = self._clock() + lives

    def _made_of(self, salt: bytes) -> bytes:
        return salt


class SharedDaySecret(DaySecret):
    """The secret of all processes that use one Redis; this process's own while it's away."""

    def __init__(
        self, link: RedisLink, pepper_key: bytes, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with a secret of this process's own.

        Args:
            link: The connection to Redis.
            pepper_key: 32 bytes that are derived from the PEPPER for this alone.
            clock: A monotonic clock in seconds.
        """
        self._link, self._pepper_key = link, pepper_key
        super().__init__(clock)

    def _made_of(self, salt: bytes) -> bytes:
        return hmac.digest(self._pepper_key, salt, hashlib.sha256)

    async def look(self) -> float:
        """Adopt the salt in Redis, or put this process's own there if there is none.

        Returns:
            After how many seconds to look again.
        """
        # What Redis has lost is put back, so that a network keeps its key.
        left = self._until - self._clock()
        own = self._salt if left > 0 else secrets.token_bytes(SALT_BYTES)
        lives = left if left > 0 else LIVES_SECONDS
        try:
            with self._link.using():
                pipe = self._link.loop.pipeline()
                pipe.set(SALT_KEY, own, nx=True, px=max(1, round(lives * 1000)))
                pipe.get(SALT_KEY)
                pipe.pttl(SALT_KEY)
                found: list[Any] = await pipe.execute()
        except RedisAway:
            return LOOK_SECONDS / 10
        _, salt, lives_ms = found
        if salt is not None and lives_ms > 0:
            self._begin(salt, lives_ms / 1000)
            return float(min(LOOK_SECONDS, lives_ms / 1000))
        return 0.1
