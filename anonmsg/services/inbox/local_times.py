"""Local times: when an owner's days and hours begin, whatever their clocks do.

On a day when clocks go forward, an hour that doesn't exist begins when they do; on a day
when they go back, an hour that comes twice begins at its first time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; UTC for one that was never chosen, or that no longer exists."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def beginning(day: date, zone: ZoneInfo, *, hour: int = 0) -> datetime:
    """Return when an hour of a day begins, in UTC."""
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def today(now: datetime, zone: ZoneInfo) -> date:
    """Return which day it is in a zone."""
    return now.astimezone(zone).date()


def tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the next day begins, in UTC."""
    return beginning(today(now, zone) + timedelta(days=1), zone)
