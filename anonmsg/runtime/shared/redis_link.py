"""The process's connections to Redis, and what happens while it's away.

Nothing connects before the first use, so a process may be forked after this was made.
While Redis is away nobody waits for it: after a failure, calls fail at once for a second.
It's said once in the log that it went, and once that it's back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from anonmsg.runtime.incidents import kind_of
from anonmsg.security.keys import Digests

logger = logging.getLogger(__name__)

PREFIX = "anonmsg:"
# Hex digits; 128 bits of an HMAC.
NAME_DIGITS = 32
# Seconds.
CONNECTS_WITHIN = 1.0
ANSWERS_WITHIN = 2.0
TRIES_AGAIN_AFTER = 1.0


class RedisAway(Exception):
    """Raised instead of waiting for a Redis that can't be used now."""


class RedisLink:
    """One client for threads and one for the event loop; thread-safe."""

    def __init__(
        self, url: str, digests: Digests, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Remember the address; nothing connects yet.

        Args:
            url: The address of Redis.
            digests: What key names are hashed by.
            clock: A monotonic clock in seconds.
        """
        self._url, self._digests, self._clock = url, digests, clock
        self._lock = threading.Lock()
        self._is_away, self._away_until = False, 0.0
        options: Any = {"socket_connect_timeout": CONNECTS_WITHIN, "socket_timeout": ANSWERS_WITHIN}
        # A connection that died while it was idle is tried once more, on a new one.
        self.threads = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 1), **options)
        self.loop = redis.asyncio.Redis.from_url(url, retry=AsyncRetry(NoBackoff(), 1), **options)

    def subscriber(self) -> redis.asyncio.Redis:
        """Return a client whose connection may be silent for long."""
        return redis.asyncio.Redis.from_url(
            self._url, retry=AsyncRetry(NoBackoff(), 0), socket_connect_timeout=CONNECTS_WITHIN
        )

    def name(self, purpose: str, *parts: str) -> str:
        """Return the name of a key, which tells nothing to those who don't know the PEPPER."""
        return f"{PREFIX}{purpose}:{self.hashed(purpose, *parts)}"

    def hashed(self, purpose: str, *parts: str) -> str:
        """Return parts as 32 hex digits."""
        return self._digests.of(f"redis {purpose}", *parts)[:NAME_DIGITS]

    def run(self, script: str, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """Run a Lua script from a thread, in one round trip.

        Raises:
            RedisAway: Redis can't be used now.
        """
        with self.using():
            return self.threads.register_script(script)(keys, args)

    async def run_async(self, script: str, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """Run a Lua script from the event loop, in one round trip.

        Raises:
            RedisAway: Redis can't be used now.
        """
        with self.using():
            return await self.loop.register_script(script)(list(keys), list(args))

    async def check(self) -> None:
        """Ask Redis whether it's there.

        Raises:
            RedisAway: it isn't.
        """
        with self.using():
            await self.loop.execute_command("PING")  # type: ignore[no-untyped-call]

    @contextmanager
    def using(self) -> Iterator[None]:
        """Use one of the clients.

        Raises:
            RedisAway: Redis can't be used now.
        """
        if self._is_away and self._clock() < self._away_until:
            raise RedisAway
        try:
            yield
        except (RedisError, OSError) as error:
            self.note_away(error)
            raise RedisAway from None
        self.note_back()

    def note_away(self, error: Exception) -> None:
        """Remember that Redis failed, and say so if it's the first failure."""
        with self._lock:
            was_away, self._is_away = self._is_away, True
            self._away_until = self._clock() + TRIES_AGAIN_AFTER
        if not was_away:
            logger.error(
                "Redis can't be used (%s). Limits count in this process alone, and other "
                "workers' tabs aren't told, until it's back.",
                kind_of(error),
            )

    def note_back(self) -> None:
        """Remember that Redis answers, and say so if it was away."""
        if not self._is_away:
            return
        with self._lock:
            was_away, self._is_away = self._is_away, False
        if was_away:
            logger.warning("Redis is back.")

    def close(self) -> None:
        """Close the threads' connections."""
        self.threads.close()

    async def close_loop(self) -> None:
        """Close the event loop's connections."""
        await self.loop.aclose()
