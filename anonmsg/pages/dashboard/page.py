"""The dashboard: the link to share, the inbox switch, and the messages in their folders."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button
from anonmsg.components.dialog import delete_dialog
from anonmsg.components.frame.frame import framed, needs_scripts
from anonmsg.components.frame.navigation import owners_header
from anonmsg.components.icons import CHECKS
from anonmsg.locale import _
from anonmsg.pages.dashboard.bars import arrivals_pill, selection_bar, undo_bar
from anonmsg.pages.dashboard.folder_links import folder_links, folder_title, nothing_in_folder
from anonmsg.pages.dashboard.inbox import (
    accept_switch,
    inbox_heading,
    inbox_news,
    inbox_skeleton,
    no_messages,
    share_link,
    shut_banner,
)
from anonmsg.pages.dashboard.message import message_list
from anonmsg.pages.dashboard.note_dialog import note_dialog
from anonmsg.pages.dashboard.pause import pause_choice, paused
from anonmsg.pages.dashboard.search_form import found_messages, search_form
from anonmsg.pages.dashboard.share_sheet import share_buttons, share_sheet
from anonmsg.pages.dashboard.shortcuts import shortcuts_button, shortcuts_sheet
from anonmsg.pages.dashboard.shown_state import all_shown, is_any_shown
from anonmsg.pages.dashboard.state import DashboardState
from anonmsg.pages.dashboard.storm.storm_notice import storm_notice


def dashboard() -> rx.Component:
    """Render the page at `/dashboard`."""
    return framed(
        rx.el.div(
            rx.el.h1(_("Your inbox"), class_name="headline"),
            needs_scripts(),
            _shut(),
            storm_notice(),
            rx.el.div(
                _settings(),
                _messages(),
                class_name="dashboard-columns",
            ),
            class_name="dashboard",
            custom_attrs={
                "data-has-messages": rx.cond(DashboardState.counts.inbox, "true", "false")
            },
        ),
        undo_bar(),
        delete_dialog(DashboardState.delete_forever),
        note_dialog(DashboardState.annotate),
        shortcuts_sheet(),
        _reader(),
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


def _shut() -> rx.Component:
    """Render that nobody can send a message now, if so."""
    return rx.cond(
        DashboardState.accepts_messages,
        rx.cond(
            DashboardState.paused_until,
            shut_banner(paused(DashboardState.paused_until)),
            rx.fragment(),
        ),
        shut_banner(
            rx.el.p(_("Your inbox is closed. Nobody can send you messages until you open it."))
        ),
    )


def _messages() -> rx.Component:
    return rx.el.section(
        folder_links(),
        inbox_heading(
            title=folder_title(),
            busy=DashboardState.busy,
            on_refresh=DashboardState.refresh,
            more=_tools(),
        ),
        inbox_news(
            DashboardState.news,
            times=DashboardState.times_told,
            arrived=DashboardState.arrived,
            unread=DashboardState.counts.inbox_unread,
        ),
        rx.el.p(DashboardState.error, role="alert", class_name="notice notice-bad"),
        search_form(),
        selection_bar(),
        rx.cond(
            DashboardState.loaded,
            rx.cond(DashboardState.is_searched, found_messages(), _folder()),
            inbox_skeleton(),
        ),
        arrivals_pill(),
        aria_labelledby="inbox-heading",
        class_name="inbox",
    )


def _tools() -> rx.Component:
    """Render what concerns the whole list."""
    return rx.cond(
        is_any_shown(DashboardState),
        rx.fragment(
            rx.cond(
                DashboardState.counts.inbox_unread & (DashboardState.folder == "inbox"),
                button(
                    _("Mark all as read"),
                    kind="quiet",
                    outline=CHECKS,
                    on_click=DashboardState.mark_all_read,
                    data_then_focus="inbox-heading",
                ),
                rx.fragment(),
            ),
            button(_("Select"), kind="quiet", data_select="true"),
            shortcuts_button(),
        ),
        rx.fragment(),
    )


def _reader() -> rx.Component:
    """Render what the script presses once messages were on the screen for a second.

    Nobody else can reach it: `reading.js` writes their ids into it.
    """
    seen: Any = DashboardState.seen
    ids: rx.Var[list[str]] = rx.Var(
        "document.getElementById('seen').dataset.ids.split(' ')", _var_type=list[str]
    )
    return rx.el.button(
        type="button",
        id="seen",
        hidden=True,
        tab_index=-1,
        aria_hidden="true",
        on_click=seen(ids),
    )


def _folder() -> rx.Component:
    return rx.el.div(
        rx.cond(
            # A test counts nowhere, and is shown all the same.
            is_any_shown(DashboardState),
            message_list(all_shown(DashboardState)),
            rx.cond(
                DashboardState.folder == "inbox",
                no_messages(DashboardState.link, on_test=DashboardState.send_test),
                nothing_in_folder(),
            ),
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
