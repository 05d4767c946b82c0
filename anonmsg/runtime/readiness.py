"""Whether this process can serve: named parts that are asked one beside the other.

A part that doesn't answer in time isn't asked again until it has, so that a database
that hangs gets one question and not one for every probe.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from anonmsg.runtime import stopping
from anonmsg.runtime.incidents import kind_of

logger = logging.getLogger(__name__)

# Raises whatever is wrong.
Part: TypeAlias = "Callable[[], Awaitable[object]]"

# Seconds that the parts have to answer, and that an answer is kept.
WITHIN = 1.0
KEPT = 1.0
# What is told in the place of a part before there is any, and from a stop on.
START, STOP = "start", "stop"


class Readiness:
    """The parts of one process.

    Attributes:
        parts: What is asked, by name; rooms add their own at the start.
    """

    def __init__(
        self,
        *,
        within: float = WITHIN,
        kept: float = KEPT,
        clock: Callable[[], float] = time.monotonic,
        is_stopping: Callable[[], bool] = stopping.has_begun,
    ) -> None:
        """Start with no part, which isn't ready.

        Args:
            within: Seconds that the parts have to answer.
            kept: Seconds that an answer is kept.
            clock: A monotonic clock in seconds.
            is_stopping: Whether the server has been told to stop.
        """
        self.parts: dict[str, Part] = {}
        self._within, self._kept = within, kept
        self._clock, self._is_stopping = clock, is_stopping
        self._asked: dict[str, asyncio.Task[str]] = {}
        self._looking: asyncio.Task[tuple[str, ...]] | None = None
        self._looked_at = 0.0
        self._told: tuple[str, ...] = ()

    async def failing(self) -> tuple[str, ...]:
        """Return the names of the parts that fail; none if this process can serve."""
        if self._is_stopping():
            return (STOP,)
        if not self.parts:
            return (START,)
        if self._looking is None or self._is_old(self._looking):
            self._looked_at = self._clock()
            self._looking = asyncio.create_task(self._look())
        # One who leaves must not end the look for those who stay.
        return await asyncio.shield(self._looking)

    def _is_old(self, look: asyncio.Task[tuple[str, ...]]) -> bool:
        return look.done() and self._clock() - self._looked_at >= self._kept

    async def _look(self) -> tuple[str, ...]:
        for name, part in self.parts.items():
            if name not in self._asked:
                self._asked[name] = asyncio.create_task(_problem(part))
        await asyncio.wait(self._asked.values(), timeout=self._within)
        found = {name: self._taken(name) for name in self.parts}
        failing = tuple(name for name, problem in found.items() if problem)
        self._tell(failing, found)
        return failing

    def _taken(self, name: str) -> str:
        """Return what is wrong with a part, or an empty string."""
        if not self._asked[name].done():
            return "no answer"
        return self._asked.pop(name).result()

    def _tell(self, failing: tuple[str, ...], found: dict[str, str]) -> None:
        """Log it when another part fails than before, or none does any more."""
        if failing == self._told:
            return
        self._told = failing
        if failing:
            named = ", ".join(f"{name} ({found[name]})" for name in failing)
            logger.error("Not ready: %s.", named)
        else:
            logger.warning("Ready again.")


async def _problem(part: Part) -> str:
    try:
        await part()
    except Exception as error:  # noqa: BLE001  (whatever it is, the part fails)
        return kind_of(error)
    return ""
