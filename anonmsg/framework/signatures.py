"""Tells whether an event brings the arguments that its handler takes.

Reflex calls the handler with whatever a socket sent. An argument too many or too few
would raise a TypeError there, which the log would tell as a failure of ours: a line for
each event that any stranger sends.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

import reflex as rx


def fits(name: str, payload: Mapping[str, Any]) -> bool:
    """Return whether a payload has a handler's arguments, by name, and no others.

    Args:
        name: The handler's full event name; there must be such a handler.
        payload: The event's payload.
    """
    try:
        _signature_of(name).bind(None, **payload)
    except TypeError:
        return False
    return True


@cache
def _signature_of(name: str) -> inspect.Signature:
    place, _, handler = name.rpartition(".")
    return inspect.signature(rx.State.get_class_substate(place).event_handlers[handler].fn)
