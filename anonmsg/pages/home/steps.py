"""How it works, in three steps, beside a picture of the page that a sender opens."""

from __future__ import annotations

import reflex as rx

from anonmsg.locale import _
from anonmsg.pages.home.sample import sample_page


def how_it_works() -> rx.Component:
    """Render the three steps and the sample page."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("How it works"), id="how-title", class_name="headline"),
            rx.el.ol(*(_step(title, text) for title, text in _steps()), class_name="steps"),
        ),
        sample_page(),
        id="how",
        aria_labelledby="how-title",
        class_name="more-section more-columns",
    )


def _steps() -> list[tuple[str, str]]:
    return [
        (
            _("Sign up"),
            _("A username, an email and a password. We send a code to check that the email works."),
        ),
        (
            _("Share your link"),
            _("Put it in your bio, a story or a group chat, or print it as a poster."),
        ),
        (
            _("Read what they say"),
            _("Messages arrive while you watch. There's no name to look up, not even for us."),
        ),
    ]


def _step(title: str, text: str) -> rx.Component:
    return rx.el.li(
        rx.el.h3(title, class_name="title"), rx.el.p(text, class_name="soft"), class_name="step"
    )
