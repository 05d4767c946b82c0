"""Who may call which event handler.

Reflex lets any socket call every public method of every state class, on any
page. Here each state class says who it is for, and an event passes only if its
handler belongs to a class that the guard was given: one for everyone, or one
for owners, which needs a person signed in at this moment. A state that belongs
to another session than the socket's is emptied before anything of it is
answered: its token is the browser's own choice, so it proves nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import StateUpdate

from anonmsg.addresses import Audience
from anonmsg.framework.connections import connections
from anonmsg.framework.visitor import (
    Belonging,
    connection_of,
    empty_if_not_theirs,
    person_of,
    sign_in_page,
)

logger = logging.getLogger(__name__)

ROOT = "reflex___state____state."
# What Reflex's own client needs to show a page; none of it reads or writes ours.
FRAMEWORK = frozenset(
    {
        "hydrate",
        "hydrate_and_load",
        "set_is_hydrated",
        "reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____on_load_internal_state.set_is_hydrated",
        "reflex___state____update_vars_internal_state.update_vars_internal",
        "reflex___state____frontend_event_exception_state.handle_frontend_exception",
    }
)
# How Reflex's client says that it shows a page.
PAGE_OPENED = frozenset(
    {"hydrate_and_load", "reflex___state____on_load_internal_state.on_load_internal"}
)
# Reflex gives it to every class: it would write any var by its name.
NEVER = "setvar"


def handlers_of(state: type[rx.State]) -> frozenset[str]:
    """The handlers of a state class, by the names that events have."""
    place = state.get_full_name().removeprefix(ROOT)
    return frozenset(f"{place}.{name}" for name in state.event_handlers if name != NEVER)


class Guard(Middleware):
    """The one place that every event passes: default deny."""

    def __init__(self, states: Sequence[type[rx.State]]) -> None:
        """Learn who may call what.

        Args:
            states: The classes whose handlers may be called, each with its
                `audience`; a class that `finishes` some handlers has them
                carried out although the tab has been closed.

        Raises:
            TypeError: a class does not say who it is for.
        """
        self.audiences: dict[str, Audience] = {}
        self._finished: set[str] = set()
        self._at_once = [each for each in states if getattr(each, "begins_with_page", False)]
        for state in states:
            audience = getattr(state, "audience", None)
            if audience not in {Audience.EVERYONE, Audience.OWNERS}:
                raise TypeError(f"{state.__name__} does not say who may call its handlers")
            self.audiences |= dict.fromkeys(handlers_of(state), audience)
            place = state.get_full_name().removeprefix(ROOT)
            self._finished |= {f"{place}.{name}" for name in getattr(state, "finishes", ())}

    async def preprocess(self, app: Any, state: Any, event: Event) -> StateUpdate | None:
        """Let an event through, or answer it.

        Returns:
            None to go on, or the answer that takes the handler's place.
        """
        del app
        name = event.name.removeprefix(ROOT)
        if name not in FRAMEWORK and name not in self.audiences:
            logger.warning("An event that is on no list was refused.")
            return StateUpdate()
        root = state._get_root_state()
        if connections.get(connection_of(root)[0]) is None and name not in self._finished:
            # Its socket has closed; the tab may have come back by another one.
            return StateUpdate()
        person = await person_of(root)
        was_reset = await empty_if_not_theirs(root, person)
        if name in PAGE_OPENED:
            await self._note_page(root, event)
        if self.audiences.get(name) is not Audience.OWNERS or person is not None:
            return None
        delta = await root._get_resolved_delta() if was_reset else {}
        root._clean()
        return StateUpdate(delta=delta, events=Event.from_event_type([sign_in_page()]))

    async def _note_page(self, root: Any, event: Event) -> None:
        tab, path = await root.get_state(Belonging), root.router.url.path
        # Reflex's client sends the hashes of what it was built with only at a
        # page's first connect, not when a lost socket comes back.
        # A tab without a path has been forgotten: its page has stayed open.
        if event.payload.get("hashes") or tab._path not in {"", path}:
            tab._pages += 1
            for state in self._at_once:
                (await root.get_state(state))._forget()
        tab._path = path
