"""Sharing: the URLs that other services offer for passing on a link.

They are plain links: nothing is loaded from those services, and they learn nothing
about anyone who doesn't follow one.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from anonmsg.locale import _
from anonmsg.public import LinkPreview, ShareTarget
from anonmsg.runtime.context import Context


def text(link: str) -> str:
    """Return the suggested text to share, which ends with the link."""
    return f"{invitation()} {link}"


def invitation() -> str:
    """Return the words before the link."""
    return _("Send me an anonymous message:")


def preview(username: str, *, called: str) -> LinkPreview:
    """Return what chats and feeds show next to the link.

    Args:
        username: The owner's username.
        called: The name that their page addresses them by.
    """
    return LinkPreview(
        title=_("Send {name} an anonymous message · anonmsg").format(name=called),
        picture=_("An envelope addressed to {name}, with no sender.").format(name=username),
    )


def count_picture(ctx: Context, *, network: str) -> None:
    """Count a picture that a network asks for, whether it has to be drawn or not.

    Raises:
        TooManyAttempts: the network has asked for too many.
    """
    ctx.rate_limits.spend("picture", network)


def targets(link: str) -> list[ShareTarget]:
    """Return the services that can share a link, each with the URL that does it.

    Args:
        link: The full link.
    """
    whole, words, subject = text(link), invitation(), _("Write to me anonymously")
    telegram = _address("https://t.me/share/url", url=link, text=words)
    return [
        ShareTarget("WhatsApp", _address("https://wa.me/", text=whole), "whatsapp"),
        ShareTarget("Telegram", telegram, "telegram"),
        ShareTarget("X", _address("https://x.com/intent/post", text=words, url=link), "x"),
        ShareTarget("Bluesky", _address("https://bsky.app/intent/compose", text=whole), "bluesky"),
        ShareTarget(_("Email"), _address("mailto:", subject=subject, body=whole), "email"),
    ]


def _address(base: str, **values: str) -> str:
    # Spaces become %20, because email programs show a plus sign as it is.
    return f"{base}?{urlencode(values, quote_via=quote)}"
