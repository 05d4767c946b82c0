"""One message on the dashboard, and what can be done with it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.icons import (
    ARCHIVE,
    COPY,
    DOTS,
    INBOX,
    NOTE,
    RESTORE,
    STAR,
    TRASH,
    UNREAD,
    icon,
)
from anonmsg.components.slots import slot
from anonmsg.locale import _
from anonmsg.pages.dashboard.state import DashboardState
from anonmsg.public import InboxMessage

# An event handler whose arguments are vars, which mypy doesn't know.
ACT: Any = DashboardState.act


def message_list(messages: rx.Var[list[InboxMessage]]) -> rx.Component:
    """Render messages, newest first, under the days they came on.

    Args:
        messages: The messages on screen.
    """
    return rx.el.div(rx.foreach(messages, _with_day), class_name="messages", id="messages")


def _with_day(message: Any) -> rx.Component:
    """Render a message under a heading, which the script fills for the first one of a day."""
    return rx.el.div(
        slot(rx.el.h3, data_day_of=message.sent_at, class_name="day"),
        message_article(message),
        key=message.id,
        class_name="message-of-day",
    )


def message_article(message: Any, *, text: Any = None, note: Any = None) -> rx.Component:
    """Render a message with its text, time, note and buttons.

    Args:
        message: An `InboxMessage`, as a var.
        text: Its text in pieces, by default as a whole.
        note: Its note in pieces, by default as a whole.
    """
    text = message.content if text is None else text
    note = message.note if note is None else note
    return rx.el.article(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                name="selected",
                value=message.id,
                aria_label=_("Select this message"),
                class_name="select-box",
            ),
            class_name="select-target",
        ),
        rx.cond(
            message.is_unread,
            rx.el.span(rx.el.span(_("Unread"), class_name="sr-only"), class_name="unread-dot"),
            rx.fragment(),
        ),
        rx.el.p(text, dir="auto", class_name="message-text"),
        rx.cond(
            message.note,
            rx.el.p(
                rx.el.span(_("Your note"), class_name="note-label"),
                rx.el.span(note, dir="auto", data_note="true", class_name="note-text"),
                class_name="message-note",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.span(
                _sent_at(message.sent_at),
                rx.cond(
                    message.is_test,
                    rx.el.span(_("Test message"), class_name="test-mark"),
                    rx.fragment(),
                ),
                class_name="message-facts",
            ),
            rx.el.div(
                rx.cond(message.folder == "trash", _in_trash(message), _kept(message)),
                class_name="message-buttons",
            ),
            class_name="message-foot",
        ),
        tab_index=-1,
        custom_attrs={
            "data-message-id": message.id,
            "data-unread": rx.cond(message.is_unread, "true", "false"),
        },
        class_name="message",
    )


def _kept(message: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(
            message.is_starred,
            _button(_("Unstar"), STAR, "unstar", message, is_on=True),
            _button(_("Star"), STAR, "star", message),
        ),
        rx.cond(
            message.folder == "archive",
            _button(_("Move to inbox"), INBOX, "move_to_inbox", message, leaves=True),
            _button(_("Archive"), ARCHIVE, "archive", message, leaves=True),
        ),
        _button(_("Delete"), TRASH, "trash", message, leaves=True),
        _more(message),
    )


def _in_trash(message: Any) -> rx.Component:
    return rx.fragment(
        _button(_("Restore"), RESTORE, "restore", message, leaves=True),
        rx.el.button(
            icon(TRASH),
            type="button",
            aria_label=_("Delete forever"),
            title=_("Delete forever"),
            data_delete=message.id,
            class_name="icon-button",
        ),
    )


def _button(
    label: str,
    outline: str,
    act: str,
    message: Any,
    *,
    is_on: bool = False,
    leaves: bool = False,
) -> rx.Component:
    """Render a button for an act on one message.

    Args:
        label: What it does; its accessible name.
        outline: Its icon.
        act: The name of the act.
        message: The message.
        is_on: Whether its icon is filled.
        leaves: Whether the message leaves the folder, so that the focus goes to the next one.
    """
    return rx.el.button(
        icon(outline, "icon-filled" if is_on else ""),
        type="button",
        aria_label=label,
        title=label,
        on_click=ACT(act, message.id),
        custom_attrs={"data-act": act} | ({"data-leaves": "true"} if leaves else {}),
        class_name="icon-button",
    )


def _more(message: Any) -> rx.Component:
    """Render the menu of what is done less often."""
    return rx.el.div(
        rx.el.button(
            icon(DOTS),
            type="button",
            aria_label=_("More"),
            title=_("More"),
            aria_expanded="false",
            data_menu="true",
            class_name="icon-button",
        ),
        rx.el.div(
            rx.cond(
                message.is_unread,
                rx.fragment(),
                _item(
                    _("Mark as unread"),
                    UNREAD,
                    on_click=ACT("mark_unread", message.id),
                    custom_attrs={"data-act": "mark_unread", "data-stays-unread": message.id},
                ),
            ),
            _item(_("Copy text"), COPY, data_copy_text="true"),
            _item(_("Note"), NOTE, data_note_of=message.id),
            class_name="menu-panel message-menu",
        ),
        class_name="menu",
    )


def _item(label: str, outline: str, **props: Any) -> rx.Component:
    return rx.el.button(
        icon(outline), rx.el.span(label), type="button", class_name="menu-item", **props
    )


def _sent_at(iso: Any) -> rx.Component:
    """Render the time in UTC, until the script shows how long ago it was.

    The exact time, in the browser's zone, is for screen readers and shows on hover.
    """
    return rx.el.time(
        slot(rx.el.span, data_ago=iso, aria_hidden="true"),
        slot(rx.el.span, data_local=iso, class_name="sr-only"),
        rx.el.span(iso[:10] + " " + iso[11:16] + " UTC", class_name="when-utc"),
        date_time=iso,
        class_name="when",
    )
