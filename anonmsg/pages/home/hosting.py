"""How to host anonmsg: what it takes, and the one command that starts it."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.icons import COPY
from anonmsg.components.sentences import UNTRANSLATED
from anonmsg.components.slots import slot
from anonmsg.locale import _

# As in the README.
COMMAND = (
    "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
    " && .venv/bin/reflex run --env prod"
)


def host_it_yourself() -> rx.Component:
    """Render what it takes to host anonmsg, and the command."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Host it yourself"), id="host-title", class_name="headline"),
            rx.el.p(
                _(
                    "All it takes is Python 3.11 and a copy of the code. In its folder, this "
                    "command installs everything and starts your own anonmsg."
                ),
                class_name="soft mt-3",
            ),
            rx.el.p(
                _(
                    "The database is a file, and emails go into a folder until you connect an "
                    "email service."
                ),
                class_name="soft mt-3",
            ),
        ),
        _command(),
        aria_labelledby="host-title",
        class_name="more-section more-columns",
    )


def _command() -> rx.Component:
    return rx.el.div(
        rx.el.pre(
            rx.el.code(COMMAND, id="host-command"),
            dir="ltr",
            custom_attrs=UNTRANSLATED,
            class_name="box box-command font-mono",
        ),
        rx.el.div(
            button(
                _("Copy command"),
                kind="quiet",
                outline=COPY,
                data_copy="host-command",
                data_copied=_("Command copied"),
                class_name="scripts-only",
            ),
            slot(role="status", class_name="said", data_copy_said="host-command"),
            class_name="setting-end",
        ),
        class_name="hosting",
    )
