"""The words people read: English here, other languages in `.po` files.

Every sentence on a page or in a mail goes through `_`, so that a second
language is one catalogue and no code.
"""

from datetime import UTC, datetime
from gettext import gettext as _
from gettext import ngettext

__all__ = ["_", "date_in_words", "ngettext"]


def date_in_words(at: datetime) -> str:
    """A moment as people write it, such as 11 March 2026, 12:00 UTC."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"
