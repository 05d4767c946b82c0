"""Time zones and days that a person may choose."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from anonmsg.errors import InvalidDay, InvalidTimeZone
from anonmsg.rules import input_bounds

# Longer than any name of the IANA's list.
LONGEST_TIME_ZONE = 64
# What isn't a place: "Etc/GMT+5" is five hours behind UTC, which nobody expects.
NO_PLACES = ("Etc/", "posix/", "right/", "SystemV/")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@cache
def _known() -> dict[str, str]:
    """Return the names of zones by their lower-case form."""
    places = (each for each in available_timezones() if "/" in each)
    return {each.lower(): each for each in (*places, "UTC") if not each.startswith(NO_PLACES)}


def time_zone(value: object) -> str:
    """Return the name of a time zone, as IANA spells it; empty if none was chosen.

    Raises:
        InvalidTimeZone: there is no such zone.
    """
    if value in ("", None):
        return ""
    typed = input_bounds.text(value, LONGEST_TIME_ZONE).strip().replace(" ", "_")
    known = _known().get(typed.lower())
    if known is None:
        raise InvalidTimeZone
    return known


def day(value: object) -> date:
    """Return the day that was chosen.

    Raises:
        InvalidDay: it doesn't exist.
    """
    typed = input_bounds.text(value, 10)
    if not _DAY.fullmatch(typed):
        raise InvalidDay
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise InvalidDay from None
