"""Decides who may call which event handler.

Reflex lets any socket call every public method of every state class, on any
page. Here each state class declares its audience, and an event passes only if
its handler belongs to a class that the guard was given: one for everyone, or
one for owners, which requires a live session. An owner whose account is about to
be deleted may call only the handlers that ask whether to keep it. State that
belongs to someone else is reset before the event is answered: the browser chooses
its own state token, so the token proves nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import StateUpdate

from anonmsg.addresses import Audience
from anonmsg.errors import PageOutdated
from anonmsg.framework import signatures
from anonmsg.framework.connections import connections
from anonmsg.framework.visitor import (
    TabOwner,
    audience_of,
    connection_of,
    person_of,
    redirect_from_owners,
    reset_unless_owned_by,
)
from anonmsg.runtime.metrics import here
from anonmsg.services.sessions.sessions import SignedIn

logger = logging.getLogger(__name__)

ROOT = "reflex___state____state."
# The events that Reflex's client needs to show a page; none touches our state.
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
# The events that Reflex's client sends when it opens a page.
PAGE_OPENED = frozenset(
    {"hydrate_and_load", "reflex___state____on_load_internal_state.on_load_internal"}
)
REFUSED_SECONDS = 60.0
# What an event counts as that is on no list: its name is what somebody typed.
REFUSED = "refused"
# Reflex adds this handler to every class; it could set any var by name.
NEVER = "setvar"


def handlers_of(state: type[rx.State]) -> frozenset[str]:
    """Return the handlers of a state class by their event names."""
    place = state.get_full_name().removeprefix(ROOT)
    return frozenset(f"{place}.{name}" for name in state.event_handlers if name != NEVER)


async def _redirected(_root: rx.State, person: SignedIn | None) -> Any:
    return redirect_from_owners(person)


class Guard(Middleware):
    """Middleware that every event passes through; denies by default."""

    def __init__(
        self,
        states: Sequence[type[rx.State]],
        *,
        lead_away: Callable[[rx.State, SignedIn | None], Awaitable[Any]] = _redirected,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Collect the handlers and the audience of each.

        Args:
            states: The classes whose handlers may be called, each with an
                `audience`. Handlers listed in a class's `runs_after_close` run even if
                the tab has closed.
            lead_away: Leads a tab, whose event wasn't for the person behind it, to where
                they belong, and may set what that page will say.
            clock: A monotonic clock in seconds.

        Raises:
            TypeError: If a class doesn't declare its audience.
        """
        self.audiences: dict[str, Audience] = {}
        self._runs_after_close: set[str] = set()
        # The events that are on no list, since the log last told of any.
        self._refused, self._refused_told_at = 0, -REFUSED_SECONDS
        self._clock, self._lead_away = clock, lead_away
        self._reset_on_open = [each for each in states if getattr(each, "resets_on_open", False)]
        for state in states:
            audience = getattr(state, "audience", None)
            if audience not in {Audience.EVERYONE, Audience.OWNERS, Audience.LEAVING}:
                raise TypeError(f"{state.__name__} does not say who may call its handlers")
            self.audiences |= dict.fromkeys(handlers_of(state), audience)
            place = state.get_full_name().removeprefix(ROOT)
            self._runs_after_close |= {
                f"{place}.{name}" for name in getattr(state, "runs_after_close", ())
            }

    async def preprocess(self, app: Any, state: Any, event: Event) -> StateUpdate | None:
        """Let an event through, or answer it.

        Returns:
            None to run the handler, or an update to answer with instead.

        Raises:
            PageOutdated: the handler takes other arguments.
        """
        del app
        name = event.name.removeprefix(ROOT)
        if name not in FRAMEWORK and name not in self.audiences:
            self._note_refused()
            return StateUpdate()
        here().events.labels(name).inc()
        if not signatures.fits(ROOT + name, event.payload):
            raise PageOutdated
        root = state._get_root_state()
        connection_id = connection_of(root)[0]
        if connections.get(connection_id) is not None:
            connections.note_tab(root.router.session.client_token, connection_id)
        elif not self._runs_closed(connection_id, name):
            # The event's socket has closed; the tab may have reconnected on another.
            return StateUpdate()
        person = await person_of(root)
        await reset_unless_owned_by(root, person)
        if name in PAGE_OPENED:
            await self._note_page(root, event)
        if self.audiences.get(name, Audience.EVERYONE) in {Audience.EVERYONE, audience_of(person)}:
            return None
        away = await self._lead_away(root, person)
        delta = await root._get_resolved_delta()
        root._clean()
        return StateUpdate(delta=delta, events=Event.from_event_type([away]))

    def _note_refused(self) -> None:
        """Count an event that's on no list; a flood of them is one line a minute."""
        here().events.labels(REFUSED).inc()
        self._refused += 1
        now = self._clock()
        if now - self._refused_told_at < REFUSED_SECONDS:
            return
        logger.warning("Events that are on no list were refused: %s.", self._refused)
        self._refused, self._refused_told_at = 0, now

    def _runs_closed(self, connection_id: str, name: str) -> bool:
        """Return whether an event may run although its socket has closed."""
        return name in self._runs_after_close and connections.may_run_after_close(connection_id)

    async def _note_page(self, root: Any, event: Event) -> None:
        tab, path = await root.get_state(TabOwner), root.router.url.path
        # Reflex's client sends its build hashes only when a page first connects,
        # not when a lost socket reconnects. A tab without a path is one whose
        # state has expired while its page stayed open.
        if event.payload.get("hashes") or tab._path not in {"", path}:
            tab._pages += 1
            for state in self._reset_on_open:
                (await root.get_state(state))._forget()
        tab._path = path
