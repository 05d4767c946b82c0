"""A letter, and what every one of them has."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlsplit

from markupsafe import Markup

from anonmsg.locale import _
from anonmsg.mail.layout import Sheet, one_line


@dataclass(frozen=True, repr=False)
class Letter:
    """One mail to one person; not shown by repr, so that no log ever holds a code."""

    to: str
    subject: str
    text: str
    html: Markup

    def __post_init__(self) -> None:
        """Refuse a header of several lines, which could smuggle in another one."""
        if one_line(self.subject) != self.subject or one_line(self.to) != self.to:
            raise ValueError("the address and the subject of a mail are one line each")

    def to_json(self) -> str:
        """The mail as it waits in the outbox."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The mail that `to_json` made."""
        kept = json.loads(text)
        # It was sealed in the outbox, so it is the markup that `to_json` has written.
        kept["html"] = Markup(kept["html"])  # noqa: S704
        return cls(**kept)


def written(to: str, subject: str, sheet: Sheet) -> Letter:
    """A letter of a sheet, in both forms."""
    return Letter(to, one_line(subject), sheet.as_text(), sheet.as_html())


def or_copy() -> str:
    """What stands above a button's address, for programs that show no buttons."""
    return _("If the button does not work, open this address:")


def footer_for_an_owner(link: str) -> str:
    """Why an owner gets a mail.

    Args:
        link: An address of the site, whose name is shown.
    """
    return footer(link, _("You get this mail because you have an account at {site}."))


def footer(link: str, why: str) -> str:
    """Why somebody gets a mail.

    Args:
        link: An address of the site, whose name is shown.
        why: The sentence, with {site} in it.
    """
    return why.format(site=urlsplit(link).netloc)
