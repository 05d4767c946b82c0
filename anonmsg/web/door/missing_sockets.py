"""Notices a proxy that passes pages but no WebSockets, and says so in the log.

Two counters for the whole site, and nothing about any visitor.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.types import Scope

logger = logging.getLogger(__name__)

# Fewer pages may all have been opened by browsers without scripts.
ENOUGH_PAGES = 20
# Seconds. The last page's socket needs a moment to arrive.
LOOKS_FOR = 60.0
ONCE_IN = 3600.0


class MissingSockets:
    """Counts the opened pages since the last socket."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start counting.

        Args:
            clock: A monotonic clock in seconds.
        """
        self._clock = clock
        self._pages = 0
        self._since = 0.0
        self._told_at: float | None = None

    def note_request(self, scope: Scope) -> None:
        """Count a page that a browser opens in a tab; it should open a socket next."""
        wanted = (b"sec-fetch-dest", b"document")
        if scope["method"] != "GET" or wanted not in scope["headers"]:
            return
        now = self._clock()
        if not self._pages:
            self._since = now
        self._pages += 1
        is_due = self._told_at is None or now - self._told_at >= ONCE_IN
        if self._pages >= ENOUGH_PAGES and now - self._since >= LOOKS_FOR and is_due:
            self._told_at = now
            logger.warning(
                "Pages are opened, but no WebSocket arrives: does your proxy pass Upgrade? "
                "Try it with: python -m anonmsg check-config --socket"
            )

    def note_socket(self) -> None:
        """Start again: a socket has arrived."""
        self._pages = 0
