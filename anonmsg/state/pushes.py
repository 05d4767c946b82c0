"""Tells open tabs to look again, by their own handlers and through the guard."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import reflex as rx
from reflex.event import Event

from anonmsg.framework.connections import visits
from anonmsg.live import Tab
from anonmsg.state.dashboard import DashboardState
from anonmsg.state.frame import FrameState
from anonmsg.state.page import PageState
from anonmsg.state.verify import VerifyState

# What a topic's first word makes a tab do.
HANDLERS: dict[str, tuple[type[rx.State], str]] = {
    "inbox": (DashboardState, "look_again"),
    "page": (PageState, "look_again"),
    "mail": (VerifyState, "look_again"),
    "sign-ins": (FrameState, "look_again"),
}


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
        state, handler = HANDLERS[topic.partition(":")[0]]
        if visits.get(tab.visit_id) is None:
            return
        # Without router data of its own, it is taken for the socket's that the
        # tab has now, and the guard asks that one who it is.
        event = Event(name=f"{state.get_full_name()}.{handler}")
        with self._app.set_contexts():
            await self._app.event_processor.enqueue(tab.token, event)
