"""The dashboard: the link to share, the inbox switch and the messages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button
from anonmsg.components.dialog import delete_dialog
from anonmsg.components.frame.frame import framed, needs_scripts
from anonmsg.components.frame.navigation import owners_header
from anonmsg.locale import _
from anonmsg.pages.dashboard.inbox import (
    accept_switch,
    inbox_heading,
    inbox_news,
    inbox_skeleton,
    message_list,
    no_messages,
    share_link,
)
from anonmsg.pages.dashboard.pause import pause_choice
from anonmsg.pages.dashboard.share_sheet import share_buttons, share_sheet
from anonmsg.pages.dashboard.state import DashboardState


def dashboard() -> rx.Component:
    """Render the page at `/dashboard`."""
    return framed(
        rx.el.div(
            rx.el.h1(_("Your inbox"), class_name="headline"),
            needs_scripts(),
            rx.el.div(
                _settings(),
                rx.el.section(
                    inbox_heading(
                        DashboardState.total,
                        busy=DashboardState.busy,
                        on_refresh=DashboardState.refresh,
                    ),
                    inbox_news(
                        DashboardState.news,
                        times=DashboardState.times_told,
                        arrived=DashboardState.arrived,
                    ),
                    rx.el.p(DashboardState.error, role="alert", class_name="notice notice-bad"),
                    rx.cond(DashboardState.loaded, _inbox(), inbox_skeleton()),
                    aria_labelledby="inbox-heading",
                    class_name="inbox",
                ),
                class_name="dashboard-columns",
            ),
            class_name="dashboard",
        ),
        delete_dialog(DashboardState.delete),
        share_sheet(
            name=DashboardState.me,
            link=DashboardState.link,
            title=DashboardState.preview.title,
            picture=DashboardState.preview.picture,
            targets=DashboardState.targets,
        ),
        header=owners_header(addresses.DASHBOARD),
    )


def _settings() -> rx.Component:
    return rx.el.section(
        share_link(
            DashboardState.link,
            beside=share_buttons(link=DashboardState.link, text=DashboardState.invitation),
        ),
        accept_switch(
            accepts=DashboardState.accepts_messages,
            paused=DashboardState.paused_until,
            on_change=DashboardState.accept_messages,
        ),
        pause_choice(
            paused_until=DashboardState.paused_until,
            error=DashboardState.pause_error,
            on_pause=DashboardState.pause,
            on_end=DashboardState.end_pause,
        ),
        aria_label=_("Your page"),
        class_name="card settings",
    )


def _length(messages: Any) -> Any:
    return messages.length()


def _inbox() -> rx.Component:
    return rx.el.div(
        rx.cond(
            # A test counts nowhere, and is shown all the same.
            _length(DashboardState.messages) + _length(DashboardState.arrivals),
            message_list(DashboardState.arrivals, DashboardState.messages),
            no_messages(DashboardState.link, on_test=DashboardState.send_test),
        ),
        rx.cond(
            DashboardState.more,
            rx.el.div(
                button(
                    _("Load more"),
                    kind="quiet",
                    on_click=DashboardState.load_more,
                    data_load_more="true",
                    aria_busy=DashboardState.busy,
                ),
                class_name="mt-8 flex justify-center",
            ),
            rx.fragment(),
        ),
    )
