"""The messages on screen, in parts, because Reflex sends a changed list whole.

What has come since the page was opened is a part, and so is each slice that **Load more**
has added. A change resends the parts that it's in and no others, however many are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import reflex as rx

from anonmsg.framework.elements import is_any, joined
from anonmsg.public import InboxMessage

# As many parts of 20 as a refresh reloads messages; the last one holds all further ones.
PARTS = 50
NAMES = ["arrivals", *(f"part_{number}" for number in range(PARTS))]


class ShownState(rx.State, mixin=True):
    """The part of the dashboard's state that holds the messages on screen.

    Attributes:
        arrivals: What has come since the page was opened, newest first. The further parts
            have numbers.
    """

    arrivals: list[InboxMessage] = []
    __annotations__ |= dict.fromkeys(NAMES, "list[InboxMessage]")
    vars().update({name: [] for name in NAMES})

    def _parts(self) -> list[list[InboxMessage]]:
        return [list(getattr(self, name)) for name in NAMES]

    def _shown(self) -> list[InboxMessage]:
        """Return the messages on screen, newest first."""
        return [message for part in self._parts() for message in part]

    def _show(self, messages: Sequence[InboxMessage]) -> None:
        """Show these messages and no others; the parts that stay the same aren't sent."""
        for name, before, part in zip(
            NAMES, self._parts(), spread(self._parts(), messages), strict=True
        ):
            if part != before:
                setattr(self, name, part)

    def _show_more(self, messages: Sequence[InboxMessage]) -> None:
        """Show older messages below the others."""
        free = next((each for each in NAMES[1:] if not getattr(self, each)), NAMES[-1])
        setattr(self, free, [*getattr(self, free), *messages])


def spread(
    parts: Sequence[Sequence[InboxMessage]], messages: Sequence[InboxMessage]
) -> list[list[InboxMessage]]:
    """Divide messages among parts so that as few as possible change.

    A message stays in its part. A new one comes into that of the message before it; what is
    newer than everything has arrived, unless nothing was shown.
    """
    place = {each.id: number for number, part in enumerate(parts) for each in part}
    found: list[list[InboxMessage]] = [[] for _ in parts]
    current = 0 if place else 1
    for message in messages:
        # A message that has come back may be older than those around it.
        current = max(current, place.get(message.id, current))
        found[current].append(message)
    return found


def before_all(known: set[str], shown: Sequence[InboxMessage]) -> list[InboxMessage]:
    """Return the messages in front of the first known one."""
    return list(takewhile(lambda each: each.id not in known, shown))


def all_shown(state: type[ShownState]) -> rx.Var[list[InboxMessage]]:
    """Return all parts as one list, for rendering."""
    return joined(*_vars(state))


def is_any_shown(state: type[ShownState]) -> rx.Var[bool]:
    """Return whether there is a message on screen."""
    return is_any(*_vars(state))


def _vars(state: type[ShownState]) -> Iterator[Any]:
    return (getattr(state, name) for name in NAMES)
