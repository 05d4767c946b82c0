"""The folders of the dashboard: the way between them, and what an empty one says."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.components.icons import ARCHIVE, INBOX, STAR, TRASH, icon
from anonmsg.components.illustrations import EMPTY, illustration
from anonmsg.components.links import link
from anonmsg.locale import _
from anonmsg.pages.dashboard.state import DashboardState

# A var of numbers.
COUNTS: Any = DashboardState.counts


def folder_links() -> rx.Component:
    """Render the links to the folders, with how many messages are unread or there."""
    return rx.el.nav(
        _to("inbox", _("Inbox"), INBOX, COUNTS.inbox_unread),
        _to("starred", _("Starred"), STAR, COUNTS.starred),
        _to("archive", _("Archive"), ARCHIVE, COUNTS.archive),
        _to("trash", _("Trash"), TRASH, COUNTS.trash),
        aria_label=_("Folders"),
        class_name="folders",
    )


def _to(name: str, label: str, outline: str, count: Any) -> rx.Component:
    path = addresses.DASHBOARD.path
    return link(
        icon(outline),
        rx.el.span(label),
        rx.cond(count, rx.el.span(count, class_name="count"), rx.fragment()),
        href=path if name == "inbox" else f"{path}?folder={name}",
        custom_attrs={"aria-current": rx.cond(DashboardState.folder == name, "page", "false")},
        class_name="folder",
    )


def folder_title() -> rx.Component:
    """Render the name of the folder that is shown."""
    return rx.match(
        DashboardState.folder,
        ("starred", rx.el.span(_("Starred"), key="starred")),
        ("archive", rx.el.span(_("Archive"), key="archive")),
        ("trash", rx.el.span(_("Trash"), key="trash")),
        rx.el.span(_("Messages"), key="inbox"),
    )


def nothing_in_folder() -> rx.Component:
    """Render an empty folder other than the inbox."""
    return rx.el.div(
        illustration(EMPTY),
        rx.match(
            DashboardState.folder,
            ("starred", _says(_("No starred messages"), _("Star what you want to find again."))),
            ("archive", _says(_("Nothing archived"), _("Archive what you're done with."))),
            _says(_("The trash is empty"), _("What you delete stays here for 30 days.")),
        ),
        class_name="empty",
    )


def _says(title: str, hint: str) -> rx.Component:
    return rx.fragment(
        rx.el.p(title, class_name="title"), rx.el.p(hint, class_name="soft max-w-[34ch]")
    )
