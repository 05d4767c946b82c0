"""What a socket may say: the part of Socket.IO that Reflex's own client speaks.

Reflex writes an event of the wrong shape into the log with its payload, and
so a visitor's words with it. Whatever its client would never send is dropped
here in silence, before Reflex sees it. What passes is written anew from what
was checked, so that no other reader can find anything else in it.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

NAMESPACE = "/_event"
HEARTBEATS = frozenset({"2", "3", "2probe", "3probe"})
CONNECT = f"40{NAMESPACE},"
EVENT = f"42{NAMESPACE},"
DISCONNECTS = frozenset({f"41{NAMESPACE}", f"41{NAMESPACE},"})

EVENT_NAME = re.compile(r"[A-Za-z0-9_.]{1,200}")
STATE_SCHEMA = re.compile(r"[A-Za-z0-9]{1,64}")
ADDRESS_PARTS = ("pathname", "asPath")
LONGEST_ADDRESS = 4096
MOST_QUERY_PARAMETERS = 100
DEEPEST_PAYLOAD = 32


class Misshapen(Exception):
    """Raised when a frame is nothing that Reflex's client would send."""


class Conversation:
    """One socket's side of the talk: knows what has been said so far."""

    def __init__(self) -> None:
        """Begin before the first frame."""
        self._connected = False

    def hear(self, frame: str) -> str | None:
        """The frame to pass on, or None where there is nothing to pass on.

        A second connect is dropped: Socket.IO would begin a second visitor on
        the same socket and never let go of the first.
        """
        if frame in HEARTBEATS:
            return frame
        if frame in DISCONNECTS:
            self._connected = False
            return frame
        try:
            if frame.startswith(CONNECT) and not self._connected:
                frame = CONNECT + _connect(frame.removeprefix(CONNECT))
                self._connected = True
                return frame
            if frame.startswith(EVENT) and self._connected:
                return EVENT + _emit(frame.removeprefix(EVENT))
        except (Misshapen, ValueError, RecursionError):
            # ValueError is malformed JSON, or a number too long to be one.
            return None
        return None


def _connect(text: str) -> str:
    if not text:
        return ""
    auth = _loads(text)
    _insist(isinstance(auth, dict))
    clean: dict[str, Any] = {}
    if auth.get("event") is not None:
        clean["event"] = _event(auth["event"])
    schema = auth.get("state_schema")
    if schema is not None:
        # Reflex logs a schema that is not its own, so it may hold no words.
        _insist(isinstance(schema, str) and STATE_SCHEMA.fullmatch(schema))
        clean["state_schema"] = schema
    return _dumps(clean)


def _emit(text: str) -> str:
    """Check `["event", {...}]` or `["ping"]`.

    `client_error` is not among them: it exists to write a browser's words
    into the log.
    """
    match _loads(text):
        case ["ping"]:
            return _dumps(["ping"])
        case ["event", event]:
            return _dumps(["event", _event(event)])
    raise Misshapen


def _event(event: Any) -> dict[str, Any]:
    _insist(isinstance(event, dict))
    name = event.get("name")
    _insist(isinstance(name, str) and EVENT_NAME.fullmatch(name))
    clean: dict[str, Any] = {"name": name}
    payload = event.get("payload")
    if payload is not None:
        _insist(isinstance(payload, dict) and _is_shallow(payload, DEEPEST_PAYLOAD))
        clean["payload"] = payload
    if "router_data" in event:
        clean["router_data"] = _router_data(event["router_data"])
    return clean


def _router_data(data: Any) -> dict[str, Any]:
    """Where the page is: its address in two forms, and its parameters.

    Nothing else is kept. Reflex fills in the rest itself, and builds a URL
    from `asPath`, which only a leading slash keeps on our own host.
    """
    _insist(isinstance(data, dict))
    clean: dict[str, Any] = {}
    for part in ADDRESS_PARTS:
        if part in data:
            _insist(_is_word(data[part]) and data[part].startswith("/"))
            clean[part] = data[part]
    if "query" in data:
        query = data["query"]
        _insist(isinstance(query, dict) and len(query) <= MOST_QUERY_PARAMETERS)
        _insist(all(_is_word(name) and _is_word(value) for name, value in query.items()))
        clean["query"] = query
    return clean


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ADDRESS


def _is_shallow(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in value)


def _insist(fact: object) -> None:
    if not fact:
        raise Misshapen


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=_no_constant)


def _dumps(value: Any) -> str:
    """Write JSON in ASCII: a lone surrogate is legal there, and not in UTF-8."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and no browser writes."""
    raise Misshapen(name)
