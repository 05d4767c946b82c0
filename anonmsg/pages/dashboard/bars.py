"""The bars of the dashboard: **Undo**, several messages at once, and new ones above."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.icons import ARCHIVE, INBOX, RESTORE, STAR, TRASH, UNREAD
from anonmsg.components.slots import slot
from anonmsg.locale import _
from anonmsg.pages.dashboard.message import ACT
from anonmsg.pages.dashboard.state import DashboardState

# The ids of the messages that are selected; the selection lives in the page alone.
SELECTED: rx.Var[list[str]] = rx.Var(
    "[...document.querySelectorAll('.message .select-box:checked')].map((box) => box.value)",
    _var_type=list[str],
)


def undo_bar() -> rx.Component:
    """Render what was done last, with **Undo**.

    The stylesheet hides it after 8 seconds, in which nobody points at it or has it focused.
    """
    return rx.cond(
        DashboardState.done,
        rx.el.div(
            rx.el.span(DashboardState.done, key=DashboardState.done),
            button(_("Undo"), kind="quiet", on_click=DashboardState.undo, data_undo_act="true"),
            key=DashboardState.times_done,
            class_name="undo-bar",
        ),
        rx.fragment(),
    )


def arrivals_pill() -> rx.Component:
    """Render the button that leads up to what has arrived above; the script shows it."""
    return rx.el.button(
        slot(rx.el.span, data_pill="true"),
        type="button",
        hidden=True,
        data_to_top="true",
        id="arrivals-pill",
        class_name="button button-primary arrivals-pill",
    )


def selection_bar() -> rx.Component:
    """Render what can be done with the selected messages; the script shows it."""
    return rx.el.div(
        slot(rx.el.span, data_selected="true", class_name="selected-count"),
        rx.cond(
            DashboardState.folder == "trash",
            _act(_("Restore"), RESTORE, "restore"),
            rx.fragment(
                _act(_("Star"), STAR, "star"),
                rx.cond(
                    DashboardState.folder == "archive",
                    _act(_("Move to inbox"), INBOX, "move_to_inbox"),
                    _act(_("Archive"), ARCHIVE, "archive"),
                ),
                _act(_("Mark as unread"), UNREAD, "mark_unread"),
                _act(_("Delete"), TRASH, "trash"),
            ),
        ),
        button(_("Select all"), kind="quiet", data_select_all="true"),
        button(_("Done"), kind="quiet", data_select="true"),
        role="group",
        aria_label=_("Selected messages"),
        class_name="selection-bar",
    )


def _act(label: str, outline: str, act: str) -> rx.Component:
    return button(
        label,
        kind="quiet",
        outline=outline,
        on_click=ACT(act, SELECTED),
        custom_attrs={"data-act": act, "data-of-selection": "true"},
    )
