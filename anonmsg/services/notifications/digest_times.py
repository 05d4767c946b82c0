"""Digest times: when an owner may be told next, in the hours of their own day."""

from __future__ import annotations

from datetime import datetime, timedelta

from anonmsg.services.inbox import local_times

OFF, HOURLY, DAILY = "off", "hourly", "daily"
FREQUENCIES = (OFF, HOURLY, DAILY)
HOURS = range(24)


def next_time(frequency: str, *, hour: int, zone: str, now: datetime) -> datetime:
    """Return when the next email may be sent, which is later than now.

    Once a day is at an hour that begins once on each of the owner's days, also on those of
    23 or 25 hours (see `local_times`).

    Args:
        frequency: `HOURLY` or `DAILY`.
        hour: The hour of the day, if it's once a day.
        zone: The name of the owner's time zone.
        now: The time (aware UTC).
    """
    if frequency == HOURLY:
        return now + timedelta(hours=1)
    place = local_times.zone_of(zone)
    day = local_times.today(now, place)
    while (begins := local_times.beginning(day, place, hour=hour)) <= now:
        day += timedelta(days=1)
    return begins
