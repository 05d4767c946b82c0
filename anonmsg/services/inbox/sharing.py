"""Sharing: the URLs that other services offer for passing on a link.

They are plain links: nothing is loaded from those services, and they learn nothing
about anyone who doesn't follow one.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from anonmsg.locale import _
from anonmsg.public import Way


def text(link: str) -> str:
    """Return the suggested text to share, which ends with the link."""
    return f"{invitation()} {link}"


def invitation() -> str:
    """Return the words before the link."""
    return _("Send me an anonymous message:")


def ways(link: str) -> list[Way]:
    """Return the services that can share a link, each with the URL that does it.

    Args:
        link: The full link.
    """
    whole = text(link)
    return [
        Way("WhatsApp", _address("https://wa.me/", text=whole)),
        Way("Telegram", _address("https://t.me/share/url", url=link, text=invitation())),
        Way("X", _address("https://x.com/intent/post", text=invitation(), url=link)),
        Way("Bluesky", _address("https://bsky.app/intent/compose", text=whole)),
        Way(_("Email"), _address("mailto:", subject=_("Write to me anonymously"), body=whole)),
    ]


def _address(base: str, **values: str) -> str:
    # Spaces become %20, because email programs show a plus sign as it is.
    return f"{base}?{urlencode(values, quote_via=quote)}"
