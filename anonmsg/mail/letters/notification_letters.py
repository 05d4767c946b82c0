"""The email about new messages: how many there are, and never a word of them."""

from __future__ import annotations

from anonmsg.locale import _, ngettext
from anonmsg.mail.layout import Button, Link, Paragraph, Sheet
from anonmsg.mail.letters.letter import Letter, footer, or_copy, written


def new_messages(*, to: str, username: str, count: int, inbox_url: str, stop_url: str) -> Letter:
    """Tell an owner how many messages are new.

    Args:
        to: The owner's address.
        username: The account's username.
        count: How many messages they haven't seen.
        inbox_url: Where they read them.
        stop_url: Ends these emails with one click, also as the header of RFC 8058.
    """
    headline = ngettext("{n} new message", "{n} new messages", count).format(n=count)
    what = ngettext(
        "Hi {username}, there's {n} new anonymous message in your inbox.",
        "Hi {username}, there are {n} new anonymous messages in your inbox.",
        count,
    )
    private = _("We never put a message into an email. You read them in your inbox.")
    sheet = Sheet(
        headline=headline,
        preheader=_("Open your inbox to read what's new."),
        parts=(
            Paragraph(what.format(username=username, n=count)),
            Button(_("Open your inbox"), inbox_url, or_copy()),
            Paragraph(private, quiet=True),
            Link(_("Stop these emails"), stop_url),
        ),
        footer=footer(
            inbox_url,
            _(
                "You're receiving this email because you turned on emails about new messages at "
                "{site}."
            ),
        ),
    )
    subject = ngettext(
        "{n} new message in your anonmsg inbox", "{n} new messages in your anonmsg inbox", count
    )
    return written(to, subject.format(n=count), sheet, stop_url=stop_url)
