"""The dialog in which an owner writes a note beside a message."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.locale import _


def note_dialog(on_save: Any) -> rx.Component:
    """Render the dialog; the script opens it and fills in the message's id and note.

    Args:
        on_save: The handler that receives the form, with its `message_id` and `note`.
    """
    return rx.el.dialog(
        rx.el.form(
            rx.el.h2(_("Note"), id="note-title", class_name="title"),
            rx.el.input(type="hidden", name="message_id"),
            rx.el.label(_("Your note"), html_for="note", class_name="label mt-4"),
            rx.el.textarea(
                id="note",
                name="note",
                rows="4",
                max_length=500,
                dir="auto",
                aria_describedby="note-hint",
                class_name="box",
            ),
            rx.el.p(
                _("Only you can see it. Up to 500 characters."), id="note-hint", class_name="hint"
            ),
            rx.el.div(
                button(_("Cancel"), kind="quiet", data_close_dialog="true"),
                button(_("Save"), type="submit"),
                class_name="mt-6 flex flex-wrap justify-end gap-3",
            ),
            method="post",
            on_submit=on_save,
        ),
        id="note-dialog",
        aria_labelledby="note-title",
        class_name="dialog",
    )
