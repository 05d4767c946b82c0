"""Seals for tabs' states in Redis: a key for each tab, and each value bound to its name."""

from __future__ import annotations

from functools import lru_cache

from anonmsg.config import Settings
from anonmsg.security.seals import BrokenSeal, Seal

KEPT = 4_096


class StateSeals:
    """Seals states by a key of their tab: one for all would be used for more than is safe."""

    def __init__(self, settings: Settings) -> None:
        """Keep what the keys are derived from.

        Args:
            settings: Where the PEPPER and the previous ones are.
        """
        pepper = settings.pepper.get_secret_value()
        earlier = [each.get_secret_value() for each in settings.previous_peppers]

        @lru_cache(KEPT)
        def seal_of(tab: str) -> Seal:
            return Seal(pepper, previous=earlier, purpose=f"state of {tab}")

        self._seal_of = seal_of

    def close(self, tab: str, key: str, state: bytes) -> bytes:
        """Seal a tab's state, to be opened only as the value of this key."""
        return self._seal_of(tab).close(state, bound_to=key)

    def open(self, tab: str, key: str, sealed: bytes) -> bytes | None:
        """Open a state, or return None if it's another's or was altered."""
        try:
            return self._seal_of(tab).open(sealed, bound_to=key)
        except BrokenSeal:
            return None
