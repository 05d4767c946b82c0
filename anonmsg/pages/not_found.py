"""The page for unknown addresses."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button_link
from anonmsg.components.frame.frame import framed, plain_header
from anonmsg.components.illustrations import NOWHERE, illustration
from anonmsg.locale import _


def not_found() -> rx.Component:
    """Render the 404 page, identical whatever the reason."""
    return framed(
        rx.el.div(
            illustration(NOWHERE),
            rx.el.h1(_("Nobody's here."), class_name="headline"),
            rx.el.p(
                _("Check the link for typos. The page may have been removed."),
                class_name="soft max-w-[38ch]",
            ),
            button_link(_("Go to the home page"), "/"),
            class_name="empty nobody",
        ),
        header=plain_header(),
    )
