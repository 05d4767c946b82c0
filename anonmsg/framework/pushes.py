"""Tells open tabs to reload their data, through their own handlers and the guard."""

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
    """Enqueues events for a tab, as if its visitor had triggered them."""

    def __init__(self, app: Any, handlers: Mapping[str, tuple[type[rx.State], str]]) -> None:
        """Remember the app that owns the queue, and its handlers.

        Args:
            app: The Reflex app.
            handlers: Maps a topic's first word to a state and the name of the
                handler that a tab runs.
        """
        self._app, self._handlers = app, handlers
        self._under_way: set[asyncio.Task[None]] = set()

    async def tell(self, tab: Tab, topic: str) -> None:
        """Make a tab reload its data.

        The task gets an empty context: in the context of the sender's event, the
        owner's tab would inherit the sender's socket.
        """
        task = asyncio.create_task(self._enqueue(tab, topic), context=contextvars.Context())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _enqueue(self, tab: Tab, topic: str) -> None:
        state, handler = self._handlers[topic.partition(":")[0]]
        if connections.get(tab.connection_id) is None:
            return
        # The event carries no router data, so Reflex uses the tab's current
        # socket, and the guard authenticates that one.
        event = Event(name=f"{state.get_full_name()}.{handler}")
        with self._app.set_contexts():
            await self._app.event_processor.enqueue(tab.token, event)
