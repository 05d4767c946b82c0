"""Answers what an event raised, without needing what may have failed.

An answer that is an event passes the guard and needs the tab's state. While the database
fails so does that answer, and the answer to it, thousands of times a second. So a notice
goes straight to the page, as a new value of the var that shows it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Collection
from typing import Any

import reflex as rx
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event.context import EventContext

from anonmsg.errors import AccountLeaving, AppError, NotSignedIn
from anonmsg.framework.connections import connections
from anonmsg.framework.guard import PAGE_OPENED, ROOT
from anonmsg.framework.recovery import Recovery
from anonmsg.framework.visitor import EventSpec, redirect_to_leaving
from anonmsg.runtime.incidents import failure_of, kind_of
from anonmsg.runtime.topics import Tab

logger = logging.getLogger(__name__)

# Reflex names the task that asks for an answer after the event that failed.
FAILED_EVENT = re.compile(r"\[reflex_event\|([^|]+)\|")


class Answers:
    """Turns an uncaught exception into something a person can act on."""

    def __init__(
        self,
        *,
        notice: tuple[type[rx.State], str],
        loads: Collection[str],
        recovery: Recovery,
        lead_away: tuple[type[rx.State], str],
    ) -> None:
        """Keep where the notice is shown, and what to load again.

        Args:
            notice: A state and the name of its var that the page shows as its notice.
            loads: The names of the handlers that load a page or refresh it.
            recovery: Loads a tab again whose page couldn't be loaded.
            lead_away: The handler that leads a tab whose session has ended away, and says why.
        """
        state, name = notice
        self._state, self._var = state.get_full_name(), name + FIELD_MARKER
        self._loads = PAGE_OPENED | {name.removeprefix(ROOT) for name in loads}
        self._recovery = recovery
        state, handler = lead_away
        self._lead_away: Any = state.event_handlers[handler]
        self.under_way: set[asyncio.Task[None]] = set()

    def to(self, exception: Exception) -> EventSpec | None:
        """Answer the event that is being processed.

        What answers a failure needs neither guard nor state; who is signed out has met none.
        """
        if isinstance(exception, AccountLeaving):
            leaving: EventSpec = redirect_to_leaving()
            return leaving
        if isinstance(exception, NotSignedIn):
            led_away: EventSpec = self._lead_away()
            return led_away
        refusal = exception if isinstance(exception, AppError) else failure_of(exception)
        context = EventContext.get()
        if refusal is not exception and _failed_event() in self._loads:
            # A push has no headers that would tell, so the guard has noted it.
            self._recovery.wait_for(Tab(context.token, connections.of_tab(context.token)))
        task = asyncio.create_task(self._show(context, refusal.sentence))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return None

    async def _show(self, context: EventContext, sentence: str) -> None:
        try:
            await context.emit_delta({self._state: {self._var: sentence}})
        except Exception as error:  # noqa: BLE001  (nothing may answer what an answer raised)
            logger.error("A notice could not be shown: %s", kind_of(error))


def _failed_event() -> str:
    """Return the name of the event that failed, as the guard knows it."""
    task = asyncio.current_task()
    found = FAILED_EVENT.search(task.get_name()) if task else None
    return found[1].removeprefix(ROOT) if found else ""
