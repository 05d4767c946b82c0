"""Sets the gauges: what waits and what is open, as it is now.

The process that is asked for `/metrics` looks just before it answers. Where there are
several, the others have to look now and then, because nobody can ask them.
"""

from __future__ import annotations

import asyncio
import math

from anonmsg.framework.connections import connections
from anonmsg.runtime.metrics import here
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox

EVERY_SECONDS = 5.0
# Seconds that the database has to answer.
WITHIN = 1.0


class Samples:
    """Looks at one process."""

    def __init__(self, runtime: Runtime) -> None:
        """Look at a runtime."""
        self._runtime = runtime
        self._asked: asyncio.Task[outbox.Backlog] | None = None

    async def take(self) -> None:
        """Set all gauges; what can't be found out isn't a number."""
        measured = here()
        measured.workers.set(1)
        measured.sockets.set(len(connections))
        measured.database.set(self._runtime.connections_in_use)
        for queue, length in self._runtime.queues().items():
            measured.queue.labels(queue).set(length)
        if self._runtime.shared is not None:
            measured.bus_lag.set(self._runtime.shared.bus.lag.seconds)
        backlog = await self._backlog()
        measured.mails_waiting.set(backlog.waiting if backlog else math.nan)
        measured.mail_lag.set(backlog.oldest.total_seconds() if backlog else math.nan)

    async def _backlog(self) -> outbox.Backlog | None:
        """Return the emails that wait; a database that hangs gets one question at a time."""
        if self._asked is None:
            self._asked = asyncio.create_task(self._runtime.run(outbox.backlog))
        asked = self._asked
        await asyncio.wait({asked}, timeout=WITHIN)
        if not asked.done():
            return None
        self._asked = None
        return None if asked.exception() else asked.result()

    async def keep_taking(self) -> None:
        """Look every few seconds for as long as the app runs, if others can't ask us."""
        shared = self._runtime.shared
        while shared is not None:
            await shared.bus.measure()
            await self.take()
            await asyncio.sleep(EVERY_SECONDS)
