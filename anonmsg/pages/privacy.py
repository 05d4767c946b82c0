"""The privacy page: what is kept and what isn't."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.frame.frame import framed
from anonmsg.locale import _


def privacy() -> rx.Component:
    """Render the page at `/privacy`."""
    return framed(
        rx.el.article(
            rx.el.h1(_("What we keep, and what we do not"), class_name="display"),
            _senders(),
            _limits(),
            _owners(),
            _readers(),
            _others(),
            class_name="policy",
        ),
    )


def _section(heading: str, *paragraphs: str) -> rx.Component:
    return rx.el.section(rx.el.h2(heading), *(rx.el.p(paragraph) for paragraph in paragraphs))


def _senders() -> rx.Component:
    return _section(
        _("If you write to somebody"),
        _(
            "We keep the text and the time. We do not keep your address, your device, "
            "your browser or your name, neither in the database nor in a log."
        ),
        _("You need no account, and we set no cookie."),
        _(
            "For a day we also remember a random number that was made for the empty form, so "
            "that a retry does not arrive twice. It says nothing about you."
        ),
        _(
            "What you write can still give you away: the way you put things, or a detail "
            "that only you know. No software can hide that."
        ),
        _(
            "The network between you and us is not ours. Your provider or employer may see "
            "that you visited this site."
        ),
    )


def _limits() -> rx.Component:
    return _section(
        _("How we stop floods"),
        _(
            "To count attempts we turn your network address into a scrambled key, with a "
            "random secret that lives for a day at most. Key and count are held in memory, "
            "never stored, never logged, and never beside a message."
        ),
    )


def _owners() -> rx.Component:
    return _section(
        _("If you have a page"),
        _(
            "We keep your username, your email address, a hash of your password that cannot "
            "be turned back, what you say about yourself, and the messages you received."
        ),
        _(
            "After a change, your old username is kept for 30 days, so that its link leads to "
            "the new one, and your old email address for 7 days, so that the change can be undone."
        ),
        _(
            "Of each browser that you are signed in with we keep its kind, such as Firefox on "
            "Linux, and when it was used, so that you can end it. No address, and no device."
        ),
        _(
            "Two cookies keep you signed in. We write to your address to verify it and to "
            "protect your account. A mail is sealed while it waits and wiped once it is sent."
        ),
        _(
            "With two-step sign-in we also keep the key that your authenticator app has, sealed, "
            "and digests of your recovery codes, until you turn it off."
        ),
        _("Delete a message, and its row is gone from the database at once."),
        _(
            "Delete your account, and your page closes at once. After 7 days nothing of the "
            "account is left in the database; sign in before then if you change your mind."
        ),
    )


def _readers() -> rx.Component:
    return _section(
        _("Who can read messages"),
        _("The person they were written to."),
        _(
            "And whoever runs this copy of anonmsg: messages are not end-to-end encrypted, "
            "so the operator of a server can read its database. Their backups are theirs to "
            "look after, too."
        ),
    )


def _others() -> rx.Component:
    return _section(
        _("Who else is involved"),
        _(
            "Nobody on the pages: no trackers, no advertising, nothing loaded from another "
            "site. Mail to owners goes through the mail service that the operator chose."
        ),
    )
