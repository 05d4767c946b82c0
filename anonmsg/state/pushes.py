"""Tells open tabs to look again, by their own handlers and through the guard."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

from reflex.event import Event

from anonmsg.live import Tab
from anonmsg.state.dashboard import DashboardState
from anonmsg.state.page import PageState
from anonmsg.visits import VISIT_COOKIE


class Pushes:
    """Puts an event into a tab's queue, as if its person had asked."""

    def __init__(self, app: Any) -> None:
        """Keep the app whose queue it is."""
        self._app = app
        self._under_way: set[asyncio.Task[None]] = set()

    async def tell(self, tab: Tab, topic: str) -> None:
        """Let a tab look again.

        The task has a context of its own: within the event of the sender, the
        owner's tab would inherit the sender's socket.
        """
        task = asyncio.create_task(self._enqueue(tab, topic), context=contextvars.Context())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _enqueue(self, tab: Tab, topic: str) -> None:
        is_inbox = topic.startswith("inbox:")
        state, handler = (DashboardState, "refresh") if is_inbox else (PageState, "look_again")
        event = Event(
            name=f"{state.get_full_name()}.{handler}",
            router_data={"headers": {"cookie": f"{VISIT_COOKIE}={tab.visit_id}"}},
        )
        with self._app.set_contexts():
            await self._app.event_processor.enqueue(tab.token, event)
