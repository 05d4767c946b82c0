"""The page for unknown addresses."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button_link
from anonmsg.components.copy_text import copy_text
from anonmsg.components.frame.frame import framed
from anonmsg.components.frame.navigation import header_for_either
from anonmsg.components.illustrations import NOWHERE, illustration
from anonmsg.locale import _


def not_found() -> rx.Component:
    """Render the 404 page, identical whatever the reason.

    Only whether its reader is signed in makes a difference.
    """
    return framed(
        rx.el.div(
            illustration(NOWHERE),
            rx.el.h1(_("Nobody's here."), class_name="headline"),
            rx.el.p(
                _("Check the link for typos. The page may have been removed."),
                class_name="soft max-w-[38ch]",
            ),
            _lost_draft(),
            rx.el.div(button_link(_("Go to the home page"), "/"), class_name="for-strangers"),
            rx.el.div(
                button_link(_("Go to your inbox"), addresses.DASHBOARD.path),
                class_name="for-owners",
            ),
            class_name="empty nobody",
        ),
        header=header_for_either(),
    )


def _lost_draft() -> rx.Component:
    """Render what this tab was writing to a page that has been removed since (`drafts.js`)."""
    return rx.el.div(
        rx.el.label(_("What you wrote"), html_for="lost-draft", class_name="label"),
        rx.el.textarea(id="lost-draft", rows="6", read_only=True, dir="auto", class_name="box"),
        copy_text("lost-draft"),
        hidden=True,
        custom_attrs={"data-lost-draft": ""},
        class_name="field lost-draft",
    )
