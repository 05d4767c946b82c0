"""How long it takes until a process hears what it has published itself."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable


class BusLag:
    """One probe at a time, on its way through Redis and back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without a probe.

        Args:
            clock: A monotonic clock in seconds.
        """
        self._clock = clock
        self._probe, self._sent_at, self._last = "", 0.0, 0.0

    def next(self) -> str:
        """Return the probe to publish, a new one if the last was heard."""
        if not self._probe:
            self._probe, self._sent_at = secrets.token_hex(16), self._clock()
        return self._probe

    def is_probe(self, name: str) -> bool:
        """Take the time if it's our probe that was heard; return whether it was."""
        if not self._probe or name != self._probe:
            return False
        self._probe, self._last = "", self._clock() - self._sent_at
        return True

    @property
    def seconds(self) -> float:
        """How long the last probe took, or how long one has been missing."""
        missing = self._clock() - self._sent_at if self._probe else 0.0
        return max(self._last, missing)
