"""Translation: English is the source, other languages live in `.po` files.

Every sentence on a page or in an email goes through `_`, so a second language
takes one catalogue and no code.
"""

from datetime import UTC, datetime
from gettext import translation

__all__ = ["_", "date_in_words", "ngettext"]

# Loaded once: gettext's own functions look for a catalogue on the disk at every call.
_catalogue = translation("messages", fallback=True)
_ = _catalogue.gettext
ngettext = _catalogue.ngettext


def date_in_words(at: datetime) -> str:
    """Format a time for people to read, such as 11 March 2026, 12:00 UTC."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"
