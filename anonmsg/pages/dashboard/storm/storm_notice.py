"""The notice about messages that are held because too many came at once."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.locale import _
from anonmsg.pages.dashboard.storm.state import StormState


def storm_notice() -> rx.Component:
    """Render how many messages are held, and what can be done with them."""
    return rx.el.div(
        rx.cond(
            StormState.count,
            rx.el.div(
                rx.el.p(StormState.said, class_name="font-medium"),
                rx.cond(StormState.asks, _question(), _choice()),
                class_name="notice notice-warn storm",
            ),
            rx.fragment(),
        ),
        role="status",
    )


def _choice() -> rx.Component:
    return rx.el.div(
        button(_("Deliver them"), kind="quiet", on_click=StormState.release),
        button(
            _("Delete them"),
            kind="quiet",
            on_click=StormState.ask,
            data_then_focus="storm-question",
        ),
        class_name="setting-end",
    )


def _question() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            _("Delete them forever? You can't get them back."),
            id="storm-question",
            tab_index=-1,
        ),
        rx.el.div(
            button(_("Cancel"), kind="quiet", on_click=StormState.keep),
            button(_("Delete forever"), kind="danger", on_click=StormState.discard),
            class_name="setting-end",
        ),
        role="group",
        aria_labelledby="storm-question",
    )
