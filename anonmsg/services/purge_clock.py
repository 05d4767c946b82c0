"""Whether a purge may trust the clock.

A clock that is a year ahead for a minute, after a battery or a virtual machine failed,
would have everything deleted that ends within that year. So a purge looks first. If the
clock has leaped, or more than a day's worth would go at once, nothing is deleted for 24
hours: time enough for the clock to be set right, or for an operator to say that it is.

What was due by the time of the last look is gone already or waits. So what would go at
once is what has ended since then, and that is more than a day's worth if the look was
more than a day ago, which also follows a server that was off, or an old backup.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from anonmsg.database.tables import Fact
from anonmsg.errors import in_words
from anonmsg.runtime.context import Context

logger = logging.getLogger(__name__)

FACT = "purge_clock"
WAIT = timedelta(hours=24)
MOST_AT_ONCE = timedelta(days=1)
# Clocks are set by seconds all the time.
TOLERANCE = timedelta(minutes=10)


class Ticks:
    """Compares the wall clock with one that nobody sets, from one look to the next."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep the other clock, which counts seconds from any start."""
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None

    def drift(self, now: datetime) -> timedelta:
        """Return how much further the wall clock has gone than the other since the last call."""
        last, self._last = self._last, (now, self._monotonic())
        if last is None:
            return timedelta(0)
        return (now - last[0]) - timedelta(seconds=self._last[1] - last[1])


@dataclass(frozen=True)
class LastLook:
    """When somebody last looked, and until when purges wait, both by the wall clock."""

    at: datetime
    waits_until: datetime | None = None


def look(ctx: Context, *, drift: timedelta = timedelta(0)) -> datetime | None:
    """Look at the clock before a purge, and remember the look.

    Args:
        ctx: The context, whose `now` is looked at.
        drift: How much further the wall clock has gone than the monotonic one since this
            process last looked.

    Returns:
        Until when purges wait, or None if this one may go on.
    """
    with ctx.writing():
        last = _last(ctx)
        doubt = _doubt(ctx.now, last, drift)
        waits_until = last.waits_until if last else None
        if doubt:
            waits_until = ctx.now + WAIT
        elif waits_until and waits_until <= ctx.now:
            waits_until = None
        _remember(ctx, LastLook(ctx.now, waits_until))
    if doubt and waits_until:
        logger.warning("%s", sentence(doubt, waits_until))
    return waits_until


def trust(ctx: Context) -> None:
    """Remember that the clock is right, so that purges go on."""
    with ctx.writing():
        _remember(ctx, LastLook(ctx.now))


def sentence(doubt: str, waits_until: datetime) -> str:
    """Say why nothing is deleted, and until when."""
    return (
        f"{doubt} Nothing is deleted until {waits_until:%Y-%m-%d %H:%M} UTC. If the clock is "
        "right, `python -m anonmsg purge --now` deletes what is due."
    )


def _doubt(now: datetime, last: LastLook | None, drift: timedelta) -> str:
    """Return what is wrong with the clock in a sentence, or nothing."""
    if last and now < last.at - TOLERANCE:
        return f"The clock went back by {in_words(last.at - now)}."
    if abs(drift) > TOLERANCE:
        return f"The clock leaped by {in_words(abs(drift))}."
    if last and now - last.at > MOST_AT_ONCE:
        return f"The last purge was {in_words(now - last.at)} ago, by this clock."
    return ""


def _last(ctx: Context) -> LastLook | None:
    kept = ctx.db.get(Fact, FACT)
    if kept is None:
        return None
    at, waits_until = json.loads(kept.value)
    return LastLook(
        datetime.fromisoformat(at), datetime.fromisoformat(waits_until) if waits_until else None
    )


def _remember(ctx: Context, look: LastLook) -> None:
    waits_until = look.waits_until.isoformat() if look.waits_until else None
    ctx.db.merge(Fact(name=FACT, value=json.dumps([look.at.isoformat(), waits_until])))
