"""Failed sign-ins: five within five minutes, and then a wait that doubles.

That is no window, so it is counted apart from the other limits; in memory, like them,
because a part of its key is a network's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from anonmsg.runtime.generations import Generations

FAILURES_ALLOWED = 5
FAILURES_WINDOW = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# An account's failures are forgotten this long after its last one; no wait lasts longer.
FORGIVEN_AFTER = timedelta(hours=1)


class _Failures(NamedTuple):
    at: tuple[float, ...] = ()
    waits: int = 0
    blocked_until: float = 0.0


class FailedSignIns:
    """The failures of each account from each network; the caller holds a lock."""

    def __init__(self, *, room: int) -> None:
        """Start with no failures.

        Args:
            room: How many keys fit. Those that wait are kept beyond that, because they
                guard a password; each failure costs the server a hash, so they stay few.
        """
        self._failures = Generations[_Failures](
            lives=FORGIVEN_AFTER.total_seconds(),
            room=room,
            outlasts=lambda found: found.waits > 0 or 2 * len(found.at) >= FAILURES_ALLOWED,
        )

    def __len__(self) -> int:
        """Return how many keys are held in memory."""
        return len(self._failures)

    def spend(self, account: str, origin: str, now: float) -> float:
        """Count a failure before the password is compared.

        Args:
            account: Whose password.
            origin: Where the attempt comes from.
            now: Monotonic time in seconds.

        Returns:
            0 if it was counted, or how many seconds to wait.
        """
        found = self._failures.get((account, origin), now) or _Failures()
        if found.blocked_until > now:
            return found.blocked_until - now
        if found.at and found.at[-1] < now - FORGIVEN_AFTER.total_seconds():
            found = _Failures()
        recent = now - FAILURES_WINDOW.total_seconds()
        at = (*(at for at in found.at if at > recent), now)
        waits, blocked_until = found.waits, found.blocked_until
        # After the first wait, every further failure starts the next one.
        if len(at) >= FAILURES_ALLOWED or waits:
            wait = min(FIRST_WAIT * 2**waits, LONGEST_WAIT)
            waits, blocked_until = min(waits + 1, 16), now + wait.total_seconds()
        self._failures.put((account, origin), _Failures(at, waits, blocked_until), now)
        return 0.0

    def forgive(self, account: str, origin: str, now: float) -> None:
        """Forget the failures after a correct password."""
        self._failures.forget((account, origin), now)
