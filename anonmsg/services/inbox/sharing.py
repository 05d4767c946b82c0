"""The addresses by which other services offer to pass a link on.

They are plain links: nothing of theirs is loaded, and they hear of nobody who
does not follow one.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from anonmsg.locale import _
from anonmsg.public import Way


def text(link: str) -> str:
    """What is proposed to be written with a link, which ends it."""
    return f"{invitation()} {link}"


def invitation() -> str:
    """The words before the link."""
    return _("Send me an anonymous message:")


def ways(link: str) -> list[Way]:
    """Where a link can be passed on, each with the address that does it.

    Args:
        link: The whole link.
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
    # A mail program shows a plus where a space was meant.
    return f"{base}?{urlencode(values, quote_via=quote)}"
