"""The privacy page: what is kept and what isn't."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.frame.frame import framed
from anonmsg.locale import _


def privacy() -> rx.Component:
    """Render the page at `/privacy`."""
    return framed(
        rx.el.article(
            rx.el.h1(_("What we keep and what we don't"), class_name="display"),
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
        _("If you send a message"),
        _(
            "We store the text and the time. We don't store or log your name, your network "
            "address, your device or your browser."
        ),
        _(
            "If your message waits, because you or the page's owner chose so, the time is that of "
            "its delivery. Until then we keep when it's due, and no finer time. On a database "
            "server, the order in which messages came stays in its files until they're delivered. "
            "If very many come at once, the page's owner may have some held, and decides about "
            "them."
        ),
        _("You don't need an account, and we don't set cookies."),
        _(
            "For a day we also keep a random number made with the form, so a retry isn't "
            "delivered twice. It says nothing about you."
        ),
        _(
            "Your wording can still give you away, and so can a detail only you know. No "
            "software can hide that."
        ),
        _(
            "The network between you and us isn't ours. Your provider or employer may see "
            "that you visited this site."
        ),
    )


def _limits() -> rx.Component:
    return _section(
        _("How we stop spam"),
        _(
            "To count attempts, we turn your network address into a scrambled key, using a "
            "random secret that lasts a day at most. The key and the count stay in memory. "
            "They're never stored, never logged and never kept with a message."
        ),
    )


def _owners() -> rx.Component:
    return _section(
        _("If you have a page"),
        _(
            "We keep your username, your email, a hash of your password that can't be "
            "turned back into it, what you say about yourself, and the messages you "
            "receive."
        ),
        _(
            "After you change your username, we keep the old one for 30 days, so its link "
            "leads to the new one. After you change your email, we keep the old one for 7 "
            "days, so you can undo the change."
        ),
        _(
            "For each browser you're signed in with, we keep its type, such as Firefox on "
            "Linux, and when it was last used, so you can sign it out. We don't keep "
            "its network address or the device."
        ),
        _(
            "Two cookies keep you signed in. A third stays in the browser for a year, so that "
            "nobody else can lock you out by guessing your password. It holds a random "
            "number, not your name. If you sign up without JavaScript or a live "
            "connection, another one lets you enter your code for a day. We email you to "
            "verify your address and to protect your account. An email is encrypted while "
            "it waits and wiped once it's sent."
        ),
        _(
            "With two-factor sign-in, we also keep your authenticator app's key, "
            "encrypted, and hashes of your recovery codes, until you turn it off."
        ),
        _(
            "We keep when you want your messages delivered, and your time zone if you choose "
            "one. Your page tells people when you get messages, and may show your offset from "
            "UTC."
        ),
        _(
            "If you turn on emails about new messages, we keep when the last one was sent or "
            "you last opened your inbox, so that none tells you what you've seen."
        ),
        _("When you delete a message, it's gone from the database at once."),
        _(
            "When you delete your account, your page closes at once. After 7 days, nothing "
            "of the account is left in the database. Sign in before then if you change "
            "your mind."
        ),
        _(
            "For another 90 days we keep a scrambled form of the account's random number, "
            "and the day it was deleted. It tells nothing about you. It's there so that an "
            "older backup can't bring your account back."
        ),
    )


def _readers() -> rx.Component:
    return _section(
        _("Who can read messages"),
        _("The person they were written to."),
        _(
            "Each message is sealed under its owner's own key. Without this site's secrets, "
            "a stolen copy of the database opens none of them."
        ),
        _(
            "Whoever runs this site holds both, and can read messages. They aren't end-to-end "
            "encrypted. The operator also looks after backups and, if the site has a database "
            "server, that server's own files. What was deleted can stay in them for a while."
        ),
    )


def _others() -> rx.Component:
    return _section(
        _("Who else is involved"),
        _(
            "Nobody on these pages: no trackers, no ads, nothing loaded from another site. "
            "Emails to page owners go through the email service the operator chose."
        ),
    )
