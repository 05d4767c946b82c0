"""Tells open tabs to look again, by their own handlers and through the guard."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Mapping
from typing import Any

import reflex as rx
from reflex.event import Event

from anonmsg.framework.connections import connections
from anonmsg.runtime.topics import Tab


class Pushes:
    """Puts an event into a tab's queue, as if its person had asked."""

    def __init__(self, app: Any, handlers: Mapping[str, tuple[type[rx.State], str]]) -> None:
        """Keep the app whose queue it is.

        Args:
            app: The Reflex app.
            handlers: By a topic's first word, the state and the name of its handler
                that a tab runs.
        """
        self._app, self._handlers = app, handlers
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
        state, handler = self._handlers[topic.partition(":")[0]]
        if connections.get(tab.connection_id) is None:
            return
        # Without router data of its own, it is taken for the socket's that the
        # tab has now, and the guard asks that one who it is.
        event = Event(name=f"{state.get_full_name()}.{handler}")
        with self._app.set_contexts():
            await self._app.event_processor.enqueue(tab.token, event)
