"""A filter that lets through only the Socket.IO frames that Reflex's own client sends.

Reflex logs a malformed event with its payload, which may contain a visitor's
words. So we silently drop whatever Reflex's client would never send, before
Reflex sees it. We rebuild what passes from the parts we checked, so that no
other parser can find anything else in it.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

NAMESPACE = "/_event"
HEARTBEATS = frozenset({"2", "3", "2probe", "3probe"})
CONNECT = f"40{NAMESPACE},"
EVENT = f"42{NAMESPACE},"
# How the app answers a connect: taken, or refused.
JOINED = (f"40{NAMESPACE}", f"44{NAMESPACE}")
DISCONNECTS = frozenset({f"41{NAMESPACE}", f"41{NAMESPACE},"})

EVENT_NAME = re.compile(r"[A-Za-z0-9_.]{1,200}")
STATE_SCHEMA = re.compile(r"[A-Za-z0-9]{1,64}")
ADDRESS_PARTS = ("pathname", "asPath")
LONGEST_ADDRESS = 4096
MOST_QUERY_PARAMETERS = 100
DEEPEST_PAYLOAD = 32


class Misshapen(Exception):
    """Raised for a frame that Reflex's client would never send."""


class Conversation:
    """The state of one socket's incoming conversation."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._connected = False

    def hear(self, frame: str) -> str | None:
        """Return the frame to pass on, or None to drop it.

        A second connect is dropped: Socket.IO would start a second visitor on the
        same socket and never release the first.
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
            # ValueError means malformed JSON or a number with too many digits.
            return None
        return None


def _connect(text: str) -> str:
    if not text:
        return ""
    auth = _loads(text)
    _require(isinstance(auth, dict))
    clean: dict[str, Any] = {}
    if auth.get("event") is not None:
        clean["event"] = _event(auth["event"])
    schema = auth.get("state_schema")
    if schema is not None:
        # Reflex logs a schema that doesn't match its own, so it must not hold any words.
        _require(isinstance(schema, str) and STATE_SCHEMA.fullmatch(schema))
        clean["state_schema"] = schema
    return _dumps(clean)


def _emit(text: str) -> str:
    """Check an `["event", {...}]` or a `["ping"]`.

    `client_error` isn't allowed: its purpose is to write a browser's text to the
    log.
    """
    match _loads(text):
        case ["ping"]:
            return _dumps(["ping"])
        case ["event", event]:
            return _dumps(["event", _event(event)])
    raise Misshapen


def _event(event: Any) -> dict[str, Any]:
    _require(isinstance(event, dict))
    name = event.get("name")
    _require(isinstance(name, str) and EVENT_NAME.fullmatch(name))
    clean: dict[str, Any] = {"name": name}
    payload = event.get("payload")
    if payload is not None:
        _require(isinstance(payload, dict) and _is_shallow(payload, DEEPEST_PAYLOAD))
        clean["payload"] = payload
    if "router_data" in event:
        clean["router_data"] = _router_data(event["router_data"])
    return clean


def _router_data(data: Any) -> dict[str, Any]:
    """Return the page's address in two forms and its parameters, and nothing else.

    Reflex fills in the rest itself. It builds a URL from `asPath`, and only a
    leading slash keeps that URL on our own host.
    """
    _require(isinstance(data, dict))
    clean: dict[str, Any] = {}
    for part in ADDRESS_PARTS:
        if part in data:
            _require(_is_short_text(data[part]) and data[part].startswith("/"))
            clean[part] = data[part]
    if "query" in data:
        query = data["query"]
        _require(isinstance(query, dict) and len(query) <= MOST_QUERY_PARAMETERS)
        _require(
            all(_is_short_text(name) and _is_short_text(value) for name, value in query.items())
        )
        clean["query"] = query
    return clean


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ADDRESS


def _is_shallow(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in value)


def _require(fact: object) -> None:
    if not fact:
        raise Misshapen


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=_no_constant)


def _dumps(value: Any) -> str:
    """Write ASCII JSON, which can hold a lone surrogate where UTF-8 can't."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python parses but no browser writes."""
    raise Misshapen(name)
