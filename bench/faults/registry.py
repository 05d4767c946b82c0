"""Every handler that a socket may call, from the app's own registry."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import cast

from anonmsg.addresses import Audience
from anonmsg.framework.guard import ROOT, handlers_of
from anonmsg.pages import STATES


@dataclass(frozen=True)
class Handler:
    """One handler: its event name, whom it's for, and its parameters' names."""

    name: str
    audience: Audience
    parameters: tuple[str, ...]

    @property
    def short(self) -> str:
        """Return its state and its own name, such as dashboard_state.delete."""
        place, _, name = self.name.rpartition(".")
        return f"{place.rpartition('____')[2]}.{name}"


def handlers() -> list[Handler]:
    """Return all of them, in the order of the pages."""
    found = []
    for state in STATES:
        for name in sorted(handlers_of(state)):
            function = state.event_handlers[name.rpartition(".")[2]].fn
            parameters = tuple(inspect.signature(function).parameters)[1:]
            found.append(Handler(ROOT + name, cast("Audience", state.audience), parameters))
    return found
