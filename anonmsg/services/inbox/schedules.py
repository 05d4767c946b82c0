"""Schedules: when an inbox gets what is sent to it, and what senders are told about it.

What a sender was shown is a promise: each message that waits keeps its own, so that
settings that change later never deliver it sooner.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col

from anonmsg.database.tables import Person
from anonmsg.locale import _, offset_in_words
from anonmsg.services.inbox import local_times

MODES = RIGHT_AWAY, HOURLY, DAILY = "now", "hourly", "daily"
TOGETHER = 3
# How long a message that is due waits for others. It's due a day after it's sent at most,
# so that it waits for 7 days at most.
WAITS_FOR_OTHERS = timedelta(days=5, hours=22)
# What a sender may choose, and the steps within it.
A_DAY, STEP = timedelta(hours=24), timedelta(minutes=15)
# The first hours of the morning, the afternoon and the evening.
MORNING, AFTERNOON, EVENING = 5, 12, 18


@dataclass(frozen=True)
class Promise:
    """When a message is delivered at the earliest, and with how many others.

    Nothing in it is finer than the delivery itself: `due_at` is one that many messages
    share, was drawn by lot, or is a day, and `latest_at`, which ends the wait for others,
    comes from it.
    """

    due_at: datetime
    together: int = 1
    latest_at: datetime | None = None

    @classmethod
    def of_day(cls, now: datetime) -> Promise:
        """Return the promise of what is due already, which tells no more than the day."""
        return cls(now.replace(hour=0, minute=0, second=0, microsecond=0))


@dataclass(frozen=True)
class Schedule:
    """When an inbox gets its messages: by a mode, in a zone, outside of quiet hours.

    `hour` is the one of the day in the mode `DAILY`. Messages are held until `together`
    of them have come. In quiet hours, which are none if both are equal, nothing comes.
    """

    mode: str = RIGHT_AWAY
    hour: int = 20
    together: int = 1
    quiet_from: int = 0
    quiet_to: int = 0
    time_zone: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether every message comes at once, as by default."""
        return self.mode == RIGHT_AWAY and self.together == 1 and self.quiet_from == self.quiet_to

    def promise(self, now: datetime, *, later: bool = False) -> Promise | None:
        """Return what a message that is sent now may count on; None if it comes at once.

        Args:
            now: The time.
            later: Whether the sender chose some time in the next 24 hours.
        """
        zone = local_times.zone_of(self.time_zone)
        due_at = self._by_lot(now, zone) if later else self._next(now, zone)
        if self.together == 1:
            return None if due_at is None else Promise(due_at)
        # Of one that waits for others, nothing finer than the day is known.
        due_at = due_at or Promise.of_day(now).due_at
        return Promise(due_at, self.together, due_at + self._wait)

    @property
    def _wait(self) -> timedelta:
        """How long a message that is due waits for others, which quiet hours may prolong."""
        return WAITS_FOR_OTHERS - 2 * timedelta(hours=(self.quiet_to - self.quiet_from) % 24)

    def is_quiet_at(self, now: datetime) -> bool:
        """Return whether it's quiet where the owner is."""
        return self.quiet_until(now) is not None

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end that it is in now, or None."""
        zone = local_times.zone_of(self.time_zone)
        return _at_hour(now, self.quiet_to, zone) if self._is_quiet(now, zone) else None

    def _next(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the next moment at which messages come; None for this one."""
        if self.mode == DAILY:
            moment = _at_hour(now, self.hour, zone)
        elif self.mode == HOURLY:
            moment = _next_hour(now, zone)
        else:
            moment = now
        if self._is_quiet(moment, zone):
            moment = _at_hour(moment, self.quiet_to, zone)
        return None if moment == now else moment

    def _by_lot(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return one of the moments in the next 24 hours at which messages may come."""
        first = _next_step(now)
        steps = (first + n * STEP for n in range(A_DAY // STEP))
        chances = [each for each in steps if self._comes_at(each, zone)]
        # On a day of 25 hours, the next daily one may come later.
        return secrets.choice(chances) if chances else self._next(now, zone) or first

    def _comes_at(self, moment: datetime, zone: ZoneInfo) -> bool:
        just_before = moment - timedelta(microseconds=1)
        if self.mode == RIGHT_AWAY:
            return not self._is_quiet(moment, zone)
        return self._next(just_before, zone) == moment

    def _is_quiet(self, moment: datetime, zone: ZoneInfo) -> bool:
        hour = moment.astimezone(zone).hour
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= hour < self.quiet_to
        return hour >= self.quiet_from or hour < self.quiet_to

    def in_words(self, name: str, now: datetime) -> str:
        """Say when messages come, to those who write them; nothing if it's at once.

        Args:
            name: What the owner is called.
            now: The time, whose offset from UTC is told.
        """
        if self.is_plain:
            return ""
        offset = offset_in_words(now.astimezone(local_times.zone_of(self.time_zone)))
        at = f"{self.hour:02}:00 ({offset})"
        sentences = [self._mode_in_words().format(name=name, at=at)]
        if self.together > 1:
            held = _("They wait until at least {n} have come, but no longer than 7 days.")
            sentences.append(held.format(n=self.together))
        if self.quiet_from != self.quiet_to:
            quiet = _("Nothing is delivered from {start} to {end}.")
            start, end = f"{self.quiet_from:02}:00", f"{self.quiet_to:02}:00 ({offset})"
            sentences.append(quiet.format(start=start, end=end))
        return " ".join(each for each in sentences if each)

    def _mode_in_words(self) -> str:
        if self.mode == HOURLY:
            return _("{name} gets messages every hour, in mixed order.")
        if self.mode != DAILY:
            return _("{name} gets messages in mixed order.") if self.together > 1 else ""
        if self.hour < MORNING:
            return _("{name} gets messages every night at {at}, in mixed order.")
        if self.hour < AFTERNOON:
            return _("{name} gets messages every morning at {at}, in mixed order.")
        if self.hour < EVENING:
            return _("{name} gets messages every afternoon at {at}, in mixed order.")
        return _("{name} gets messages every evening at {at}, in mixed order.")


# The columns of a person that a schedule is made of, in its order.
SCHEDULE: tuple[Any, ...] = (
    col(Person.delivery),
    col(Person.delivery_hour),
    col(Person.deliver_together),
    col(Person.quiet_from),
    col(Person.quiet_to),
    col(Person.time_zone),
)
# How every inbox is until its owner chooses.
AT_ONCE = Schedule()


def _at_hour(now: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """Return the next time at which an hour of the day begins, after now."""
    day = local_times.today(now, zone)
    while (moment := local_times.beginning(day, zone, hour=hour)) <= now:
        day += timedelta(days=1)
    return moment


def _next_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next full hour of a zone, after now.

    It's counted in UTC, because a local hour may come twice or not at all.
    """
    offset = now.astimezone(zone).utcoffset() or timedelta()
    local = (now + offset).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return local - offset


def _next_step(now: datetime) -> datetime:
    """Return the next full quarter of an hour, after now."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return start + ((now - start) // STEP + 1) * STEP
