"""The logo: an envelope with the sender's corner missing, and the name."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.links import link
from anonmsg.components.sentences import UNTRANSLATED
from anonmsg.locale import _

# The outline stops short of the top left corner, where the sender's name would be.
ENVELOPE = "M15 7h10a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3v-8"
FLAP = "M27 9 17.600 16.400a2.600 2.600 0 0 1-3.200 0L11.200 13.900"
BLANK = "M4.500 8.500h.01M9 7h.01"


def mark(class_name: str = "size-8") -> rx.Component:
    """Render the mark.

    Args:
        class_name: Classes for its size and colour.
    """
    return rx.el.svg(
        rx.el.svg.path(d=ENVELOPE),
        rx.el.svg.path(d=FLAP),
        rx.el.svg.path(d=BLANK),
        view_box="0 0 32 32",
        class_name=f"mark {class_name}",
        aria_hidden="true",
    )


def home_link(href: str | rx.Var[str] = "/", class_name: str = "") -> rx.Component:
    """Render the logo as a link home.

    Args:
        href: The home page, or the inbox of a signed-in owner.
        class_name: Extra classes.
    """
    return link(
        mark("size-8"),
        rx.el.span("anonmsg", custom_attrs=UNTRANSLATED),
        href=href,
        aria_label=_("anonmsg, home"),
        class_name=f"wordmark {class_name}".strip(),
    )
