"""The log: lines of text or of JSON, without anything that a visitor typed.

Everything goes the same way: our own lines, the server's and those of libraries. Of an
exception, a line has its kind and the places in the code; its text may hold what somebody
typed, so no traceback is written.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from anonmsg.runtime.incidents import kind_of, places_of

# These loggers warn about payloads they can't use, and quote what a visitor typed.
PAYLOAD_WARNERS = ("reflex.app", "reflex.state")
# This one logs entire events with its errors; the app's exception handler gets those anyway.
PAYLOAD_ERROR_LOGGER = "reflex_base.event.processor"
# Reads the forms, and quotes bytes of them at every level, down to single characters.
FORM_PARSER = "python_multipart"
OURS, REFLEXS = "anonmsg", "reflex"


def keep_payloads_out() -> None:
    """Silence the loggers that would quote what visitors typed."""
    for name in PAYLOAD_WARNERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger(PAYLOAD_ERROR_LOGGER).setLevel(logging.CRITICAL)
    logging.getLogger(FORM_PARSER).setLevel(logging.CRITICAL + 1)


class TextLines(logging.Formatter):
    """A line of text for each record: time, level and what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        parts = [self.formatTime(record), record.levelname, _message(record)]
        return " ".join([*parts, *_exception(record)])


class JsonLines(logging.Formatter):
    """An object of JSON for each record, on a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": _message(record),
        }
        if found := _exception(record):
            line["exception"] = " ".join(found)
        return json.dumps(line, ensure_ascii=False)


FORMATTERS = {"text": TextLines, "json": JsonLines}


def to_console(log_format: str) -> None:
    """Write to standard error: our own lines from INFO on, everybody else's from WARNING on.

    Args:
        log_format: "text" or "json".
    """
    ours, all_others = logging.getLogger(OURS), logging.getLogger()
    ours.handlers = [_console(log_format, logging.INFO)]
    ours.setLevel(logging.INFO)
    ours.propagate = False
    all_others.handlers = [_console(log_format, logging.WARNING)]
    if log_format == "json":
        # Under `reflex run`, Reflex's own lines are in colour.
        logging.getLogger(REFLEXS).handlers = []
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _console(log_format: str, level: int) -> logging.Handler:
    made = logging.StreamHandler()
    made.setFormatter(FORMATTERS[log_format]())
    made.setLevel(level)
    return made


def for_server(log_format: str) -> dict[str, Any]:
    """Return the part of granian's logging configuration that says how its lines look.

    Args:
        log_format: "text" or "json".
    """
    lines = {"()": FORMATTERS[log_format]}
    return {"formatters": {"generic": lines, "access": lines}}


def _message(record: logging.LogRecord) -> str:
    """Return what a record says, on one line.

    With an exception it's the first line only: asyncio, for one, goes on with its text.
    """
    lines = record.getMessage().splitlines() or [""]
    return lines[0] if record.exc_info else " ".join(lines)


def _exception(record: logging.LogRecord) -> list[str]:
    """Return a record's exception in words that hold nothing of its text; none if it has none."""
    exception = record.exc_info[1] if record.exc_info else None
    if exception is None:
        return []
    return [f"({kind_of(exception)} at {places_of(exception)})"]


def _log_uncaught(
    kind: type[BaseException], exception: BaseException, trace: TracebackType | None
) -> None:
    """Log what nobody has caught, in the place of a traceback."""
    if issubclass(kind, SystemExit):
        # A thread that ends itself.
        return
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, exception, trace)
    else:
        logging.getLogger(OURS).critical("Uncaught", exc_info=(kind, exception, trace))
