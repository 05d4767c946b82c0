"""Loads tabs again whose page couldn't be loaded, once the database works again.

It's done by closing a tab's socket: Reflex's client opens another one and asks for
everything that its page shows, and what was typed stays. The notice goes as well.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from anonmsg.framework.connections import connections
from anonmsg.runtime.incidents import kind_of
from anonmsg.runtime.runtime import current, run
from anonmsg.runtime.topics import Tab
from anonmsg.services import health

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# So many tabs are loaded again at a time, or everyone's would bring the database down anew.
AT_ONCE = 50
# A page that fails for another reason fails again, so that a tab waits twice as long each time.
LONGEST_WAIT_SECONDS = 300.0
FORGET_SECONDS = 600.0


class Recovery:
    """The tabs that wait for the database."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with no tabs.

        Args:
            clock: A monotonic clock in seconds.
        """
        self._clock = clock
        self._waiting: dict[str, str] = {}
        # How often each token's tab was loaded again, and when that was the last time.
        self._times: dict[str, tuple[int, float]] = {}

    def wait_for(self, tab: Tab) -> None:
        """Load a tab again later, unless its socket closes before then."""
        if connections.get(tab.connection_id) is not None:
            self._waiting[tab.connection_id] = tab.token

    async def load_again(self, *, every: float = LOOK_SECONDS) -> None:
        """Look after the waiting tabs for as long as the app runs.

        Args:
            every: How often to look, in seconds.
        """
        while True:
            await asyncio.sleep(every)
            self._forget_old()
            due = [each for each in self._waiting if self._is_due(self._waiting[each])][:AT_ONCE]
            if due and await _is_well():
                for connection_id in due:
                    await self._reconnect(connection_id, self._waiting.pop(connection_id))

    def _is_due(self, token: str) -> bool:
        times, last_at = self._times.get(token, (0, 0.0))
        wait = min(LONGEST_WAIT_SECONDS, 2.0**times) if times else 0.0
        return self._clock() - last_at >= wait

    def _forget_old(self) -> None:
        now = self._clock()
        old = [each for each, (_, last) in self._times.items() if now - last > FORGET_SECONDS]
        for token in old:
            del self._times[token]
        for gone in [each for each in self._waiting if connections.get(each) is None]:
            del self._waiting[gone]

    async def _reconnect(self, connection_id: str, token: str) -> None:
        times, _ = self._times.get(token, (0, 0.0))
        self._times[token] = times + 1, self._clock()
        try:
            await connections.end(connection_id)
        except Exception as error:  # noqa: BLE001  (one socket must not keep the others waiting)
            logger.error("A tab could not be loaded again: %s", kind_of(error))


async def _is_well() -> bool:
    try:
        await run(health.check)
        if (shared := current().shared) is not None:
            await shared.link.check()
    except Exception:  # noqa: BLE001  (whoever met the failure has logged it)
        return False
    return True
