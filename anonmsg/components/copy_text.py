"""The button that copies a text out of a box, and what it says once it has."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.icons import COPY
from anonmsg.components.slots import slot
from anonmsg.locale import _


def copy_text(box: str) -> rx.Component:
    """Render the button for a box that can't be sent any more.

    Args:
        box: The id of the text box.
    """
    return rx.el.div(
        button(
            _("Copy text"),
            kind="quiet",
            outline=COPY,
            data_copy=box,
            data_copied=_("Text copied"),
        ),
        slot(rx.el.span, class_name="said", data_copy_said=box),
        class_name="copy-text",
    )
