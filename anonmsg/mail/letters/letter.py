"""A letter, and the parts that all letters share."""

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
    """One email to one person, without a repr so that no log ever contains a code."""

    to: str
    subject: str
    text: str
    html: Markup

    def __post_init__(self) -> None:
        """Refuse headers with line breaks, which could inject other headers."""
        if one_line(self.subject) != self.subject or one_line(self.to) != self.to:
            raise ValueError("an email's address and subject must be one line each")

    def to_json(self) -> str:
        """Return the email in the form the outbox stores."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Rebuild the email that `to_json` stored."""
        kept = json.loads(text)
        # It was sealed in the outbox, so it's exactly the markup that `to_json` wrote.
        kept["html"] = Markup(kept["html"])  # noqa: S704
        return cls(**kept)


def written(to: str, subject: str, sheet: Sheet) -> Letter:
    """Return a sheet as a letter, in plain text and HTML."""
    return Letter(to, one_line(subject), sheet.as_text(), sheet.as_html())


def or_copy() -> str:
    """Return the line above a button's plain link, for clients that don't show buttons."""
    return _("If the button doesn't work, open this link:")


def footer_for_an_owner(link: str) -> str:
    """Return the line that tells an owner why they got the email.

    Args:
        link: Any URL of the site, whose host is shown.
    """
    return footer(link, _("You're receiving this email because you have an account at {site}."))


def footer(link: str, why: str) -> str:
    """Return the line that tells someone why they got the email.

    Args:
        link: Any URL of the site, whose host is shown.
        why: The sentence, containing {site}.
    """
    return why.format(site=urlsplit(link).netloc)
