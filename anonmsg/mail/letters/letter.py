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
    # What ends such emails with one click (RFC 8058), where something does.
    stop_url: str = ""

    def __post_init__(self) -> None:
        """Refuse headers with line breaks, which could inject other headers."""
        lines = (self.subject, self.to, self.stop_url)
        if any(one_line(each) != each for each in lines):
            raise ValueError("an email's address, subject and link must be one line each")

    @property
    def headers(self) -> dict[str, str]:
        """The headers by which email programs offer to end such emails, if something does."""
        if not self.stop_url:
            return {}
        return {
            "List-Unsubscribe": f"<{self.stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def to_json(self) -> str:
        """Return the email in the form the outbox stores.

        Without what is empty: a worker of an older release may be the one that sends it.
        """
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Rebuild the email that `to_json` stored."""
        kept = json.loads(text)
        # It was sealed in the outbox, so it's exactly the markup that `to_json` wrote.
        kept["html"] = Markup(kept["html"])  # noqa: S704
        return cls(**kept)


def written(to: str, subject: str, sheet: Sheet, *, stop_url: str = "") -> Letter:
    """Return a sheet as a letter, in plain text and HTML.

    Args:
        to: Whom it's for.
        subject: Its subject.
        sheet: What it says.
        stop_url: What ends such emails with one click, where something does.
    """
    return Letter(to, one_line(subject), sheet.as_text(), sheet.as_html(), stop_url)


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
