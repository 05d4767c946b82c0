"""What the operator learns of an exception that nobody expected: one line, and no words.

An exception's text may hold what somebody typed or a row of the database, so the log
gets its kind, the places in the code and a number. The number is also told to the person,
who may pass it on.
"""

from __future__ import annotations

import errno
import logging
import secrets
from pathlib import Path
from types import TracebackType

from anonmsg.errors import ServerFailed
from anonmsg.runtime.metrics import here

logger = logging.getLogger(__name__)

PACKAGE = str(Path(__file__).parents[1])
MOST_PLACES = 4
# Where an exception keeps its number, once it has been logged.
NUMBER = "_anonmsg_incident"


def failure_of(exception: Exception) -> ServerFailed:
    """Log an exception, and return what to tell the person it happened to.

    An exception that several people share, because their requests were served together,
    is logged once.
    """
    number: str = getattr(exception, NUMBER, "")
    if not number:
        number = secrets.token_hex(4)
        setattr(exception, NUMBER, number)
        here().incidents.inc()
        logger.error("Incident %s: %s at %s", number, kind_of(exception), places_of(exception))
    return ServerFailed(number)


def kind_of(exception: BaseException) -> str:
    """Return an exception's class and its error code, such as SQLITE_FULL, if it has one."""
    cause = getattr(exception, "orig", None) or exception
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if isinstance(cause, OSError) and cause.errno:
        code = errno.errorcode.get(cause.errno)
    return " ".join(filter(None, [type(exception).__name__, code]))


def places_of(exception: BaseException) -> str:
    """Return where an exception passed through our code, and where it was raised."""
    trace = exception.__traceback__
    places: list[str] = []
    while trace is not None:
        is_raised_here = trace.tb_next is None
        if is_raised_here or trace.tb_frame.f_code.co_filename.startswith(PACKAGE):
            places.append(_place(trace))
        trace = trace.tb_next
    return " > ".join(places[-MOST_PLACES:])


def _place(trace: TracebackType) -> str:
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
