"""Translation: English is the source, other languages live in `.po` files.

Every sentence on a page or in an email goes through `_`, so a second language
takes one catalogue and no code.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from gettext import NullTranslations, bindtextdomain, textdomain, translation

__all__ = [
    "_",
    "date_in_words",
    "local_time_in_words",
    "month_in_words",
    "ngettext",
    "offset_in_words",
]


def _(message: str) -> str:
    """Return a sentence in the language in use."""
    return _catalogue().gettext(message)


def ngettext(one: str, several: str, number: int) -> str:
    """Return the sentence for a number in the language in use."""
    return _catalogue().ngettext(one, several, number)


def date_in_words(at: datetime) -> str:
    """Format a time for people to read, such as 11 March 2026, 12:00 UTC."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"


def month_in_words(at: datetime) -> str:
    """Format a month for people to read, such as March 2026."""
    return f"{at.astimezone(UTC):%B %Y}"


def local_time_in_words(at: datetime) -> str:
    """Format a time of a zone, such as Saturday, 28 November 2026, 07:00 (UTC+5)."""
    return f"{at:%A}, {at.day} {at:%B %Y, %H:%M} ({offset_in_words(at)})"


def offset_in_words(at: datetime) -> str:
    """Return how far a time's zone is from UTC then: UTC, UTC+5 or UTC-3:30."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _catalogue() -> NullTranslations:
    return _loaded(textdomain(), bindtextdomain(textdomain()), os.environ.get("LANGUAGE", ""))


@cache
def _loaded(domain: str, folder: str, _language: str) -> NullTranslations:
    """Load a catalogue once: gettext's own functions look for it on the disk at every call."""
    return translation(domain, folder, fallback=True)
