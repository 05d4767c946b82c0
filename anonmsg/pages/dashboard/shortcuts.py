"""The sheet of the dashboard's keyboard shortcuts, and the switch that turns them off."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.icons import KEYS, icon
from anonmsg.locale import _


def shortcuts_button() -> rx.Component:
    """Render the button that opens the sheet; devices without a keyboard don't show it."""
    return rx.el.button(
        icon(KEYS),
        type="button",
        aria_label=_("Keyboard shortcuts"),
        title=_("Keyboard shortcuts"),
        data_open_dialog="shortcuts-sheet",
        class_name="icon-button shortcuts-button",
    )


def shortcuts_sheet() -> rx.Component:
    """Render the sheet; the script acts on the keys (`shortcuts.js`)."""
    rows = [
        ("j", _("Next message")),
        ("k", _("Previous message")),
        ("Enter", _("More about this message")),
        ("e", _("Archive, or move to the inbox")),
        ("s", _("Star, or remove the star")),
        ("#", _("Delete")),
        ("u", _("Mark as unread")),
        ("/", _("Search")),
        ("?", _("Show this list")),
    ]
    return rx.el.dialog(
        rx.el.h2(_("Keyboard shortcuts"), id="shortcuts-title", class_name="title"),
        rx.el.dl(
            *(
                rx.el.div(rx.el.dt(rx.el.kbd(key)), rx.el.dd(does), class_name="shortcut")
                for key, does in rows
            ),
            class_name="shortcuts",
        ),
        rx.el.div(
            rx.el.input(
                type="checkbox",
                role="switch",
                id="single-keys",
                default_checked=True,
                aria_describedby="single-keys-hint",
                class_name="switch",
            ),
            rx.el.div(
                rx.el.label(
                    _("Single-key shortcuts"), html_for="single-keys", class_name="switch-label"
                ),
                rx.el.p(
                    _("Turn them off if you type by voice or press keys by accident."),
                    id="single-keys-hint",
                    class_name="hint",
                ),
            ),
            class_name="switch-row",
        ),
        rx.el.div(button(_("Close"), data_close_dialog="true"), class_name="mt-6 flex justify-end"),
        id="shortcuts-sheet",
        aria_labelledby="shortcuts-title",
        class_name="dialog",
    )
