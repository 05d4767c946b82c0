"""The messages on screen, in parts, because Reflex sends a changed list whole.

What comes while the page is open is a part each time, and so is each slice that **Load
more** has added. A change resends the parts that it's in and no others, however many are
shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import reflex as rx

from anonmsg.framework.elements import is_any, joined
from anonmsg.public import InboxMessage

# From the top: what has come lately, a part each time; slices of what came before that, one
# each time the former are full; and as many slices as a refresh reloads, of which the last
# holds all further messages. The names are short because each is sent when a page opens.
ARRIVALS, GATHERED, SLICES = 20, 10, 50
NAMES = [
    *(f"a{number}" for number in range(ARRIVALS)),
    *(f"g{number}" for number in range(GATHERED)),
    *(f"s{number}" for number in range(SLICES)),
]
FIRST_SLICE = ARRIVALS + GATHERED


class ShownState(rx.State, mixin=True):
    """The part of the dashboard's state that holds the messages on screen.

    Attributes:
        a0: The uppermost part; all others are declared like it.
    """

    a0: list[InboxMessage] = []
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
        lowest = max((n for n, part in enumerate(self._parts()) if part), default=FIRST_SLICE - 1)
        free = NAMES[min(max(lowest + 1, FIRST_SLICE), len(NAMES) - 1)]
        setattr(self, free, [*getattr(self, free), *messages])


def spread(
    parts: Sequence[Sequence[InboxMessage]], messages: Sequence[InboxMessage]
) -> list[list[InboxMessage]]:
    """Divide messages among all parts so that as few as possible change.

    A message stays in its part. A new one comes into that of the message before it; what is
    newer than everything has arrived, unless nothing was shown.
    """
    place = {each.id: number for number, part in enumerate(parts) for each in part}
    current = FIRST_SLICE
    if messages and messages[0].id in place:
        current = place[messages[0].id]
    elif place:
        current, place = _above(place)
    found: list[list[InboxMessage]] = [[] for _ in parts]
    for message in messages:
        # A message that has come back may be older than those around it.
        current = max(current, place.get(message.id, current))
        found[current].append(message)
    return found


def _above(place: dict[str, int]) -> tuple[int, dict[str, int]]:
    """Return the part above all messages, and their places, once there is one.

    When the arrivals' parts are full, they become one slice; of the last of these there
    may be more than one.
    """
    highest = min(place.values())
    if highest > 0:
        return min(highest, ARRIVALS) - 1, place
    below = min((each for each in place.values() if each >= ARRIVALS), default=FIRST_SLICE)
    gathered = max(below - 1, ARRIVALS)
    places = {key: each if each >= ARRIVALS else gathered for key, each in place.items()}
    return ARRIVALS - 1, places


def arrived_among(known: Collection[str], shown: Sequence[InboxMessage]) -> list[InboxMessage]:
    """Return the unread messages that weren't known, above the last known one.

    Times are whole seconds, and of two processes the slower may commit last, so not every
    new message is the uppermost. What is below the last known one has only moved up.
    """
    places = [place for place, each in enumerate(shown) if each.id in known]
    above = shown[: places[-1]] if places else shown
    return [each for each in above if each.id not in known and each.is_unread]


def all_shown(state: type[ShownState]) -> rx.Var[list[InboxMessage]]:
    """Return all parts as one list, for rendering."""
    return joined(*_vars(state))


def is_any_shown(state: type[ShownState]) -> rx.Var[bool]:
    """Return whether there is a message on screen."""
    return is_any(*_vars(state))


def _vars(state: type[ShownState]) -> Iterator[Any]:
    return (getattr(state, name) for name in NAMES)
