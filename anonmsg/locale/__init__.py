"""Translation: English is the source, other languages live in `.po` files.

Every sentence on a page or in an email goes through `_`, so a second language
takes one catalogue and no code.
"""

import os
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations, bindtextdomain, textdomain, translation

__all__ = ["_", "date_in_words", "ngettext"]


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


def _catalogue() -> NullTranslations:
    return _loaded(textdomain(), bindtextdomain(textdomain()), os.environ.get("LANGUAGE", ""))


@cache
def _loaded(domain: str, folder: str, _language: str) -> NullTranslations:
    """Load a catalogue once: gettext's own functions look for it on the disk at every call."""
    return translation(domain, folder, fallback=True)
