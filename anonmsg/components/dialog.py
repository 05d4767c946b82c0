"""The dialog that confirms deleting a message."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.slots import slot
from anonmsg.locale import _


def delete_dialog(on_delete: Any) -> rx.Component:
    """Render the confirmation dialog; the script opens it and fills in the message.

    The script gives **Cancel** the focus, because it's the safe choice.

    Args:
        on_delete: The handler that receives the form, with its `message_id`.
    """
    return rx.el.dialog(
        rx.el.form(
            rx.el.h2(_("Delete this message forever?"), id="delete-title", class_name="title"),
            rx.el.p(
                _("You can't get it back."),
                id="delete-text",
                class_name="soft mt-2",
            ),
            slot(rx.el.p, id="delete-message", dir="auto", tab_index=0, class_name="deleted-text"),
            rx.el.input(type="hidden", name="message_id"),
            _answers(),
            method="post",
            on_submit=on_delete,
        ),
        id="delete-dialog",
        role="alertdialog",
        aria_labelledby="delete-title",
        aria_describedby="delete-message delete-text",
        class_name="dialog",
    )


def _answers() -> rx.Component:
    return rx.el.div(
        button(_("Cancel"), kind="quiet", data_close_dialog="true"),
        button(_("Delete forever"), kind="danger", type="submit"),
        class_name="mt-6 flex flex-wrap justify-end gap-3",
    )
