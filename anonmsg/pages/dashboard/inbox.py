"""The parts of the dashboard: the link to share, the inbox switch and the messages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.fields import Text
from anonmsg.components.icons import COPY, PHONE, REFRESH, icon
from anonmsg.components.illustrations import EMPTY, illustration
from anonmsg.components.links import link
from anonmsg.components.sentences import UNTRANSLATED
from anonmsg.components.slots import slot
from anonmsg.locale import _

SKELETON_NOTES = 3


def share_link(address: Text, *, beside: rx.Component) -> rx.Component:
    """Render the public link with a copy button.

    Args:
        address: The absolute link.
        beside: Other ways to share it.
    """
    return rx.el.div(
        rx.el.label(_("Your public link"), html_for="public-link", class_name="label"),
        rx.el.div(
            rx.el.input(
                id="public-link",
                value=address,
                read_only=True,
                dir="ltr",
                class_name="box box-link",
            ),
            rx.el.div(
                button(_("Copy link"), outline=COPY, data_copy="public-link"),
                beside,
                class_name="share-buttons",
            ),
            class_name="share-row",
        ),
        slot(role="status", class_name="said", data_copy_said="public-link"),
        class_name="field min-w-0",
    )


def accept_switch(*, accepts: bool | rx.Var[bool], paused: Text, on_change: Any) -> rx.Component:
    """Render the switch that opens and closes the inbox.

    Args:
        accepts: Whether the inbox is open.
        paused: Until when it's paused, or an empty string.
        on_change: The handler that receives the new position.
    """
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            role="switch",
            id="accept-messages",
            checked=accepts,
            on_change=on_change,
            aria_describedby="accept-state",
            class_name="switch",
        ),
        rx.el.div(
            rx.el.label(
                _("Accept messages"), html_for="accept-messages", class_name="switch-label"
            ),
            rx.el.p(
                rx.cond(
                    accepts,
                    rx.cond(paused, _("Paused"), _("Accepting messages")),
                    _("Not accepting messages"),
                ),
                id="accept-state",
                role="status",
                class_name="hint",
            ),
        ),
        class_name="switch-row",
    )


def inbox_heading(*, title: rx.Component, busy: Any, on_refresh: Any, more: Any) -> rx.Component:
    """Render the heading, with the buttons that concern the whole list.

    Args:
        title: The name of the folder.
        busy: Whether the page is waiting for an answer.
        on_refresh: The handler that reloads the messages.
        more: Further buttons.
    """
    return rx.el.div(
        rx.el.h2(title, id="inbox-heading", tab_index=-1, class_name="title"),
        rx.el.div(
            more,
            rx.el.button(
                icon(REFRESH),
                type="button",
                aria_label=_("Refresh"),
                title=_("Refresh"),
                on_click=on_refresh,
                aria_busy=busy,
                class_name="icon-button",
            ),
            class_name="inbox-tools",
        ),
        class_name="inbox-head",
    )


def inbox_news(sentence: Text, *, times: Any, arrived: Any, unread: Any) -> rx.Component:
    """Render what screen readers are told: what has arrived, and what was done.

    Args:
        sentence: What happened last.
        times: How often something was told; a new paragraph is announced even if it
            says the same as the last one.
        arrived: How many messages have arrived since the page was opened.
        unread: How many are unread, which the script shows in the tab's title (`unseen.js`).
    """
    return rx.el.div(
        rx.el.p(sentence, key=times),
        role="status",
        custom_attrs={"data-arrived": arrived, "data-unread-total": unread},
        class_name="sr-only",
    )


def shut_banner(reason: rx.Component) -> rx.Component:
    """Render on top of the inbox that nobody can send a message now.

    Args:
        reason: Why, and until when.
    """
    return rx.el.div(reason, class_name="notice notice-shut", id="shut-banner")


def no_messages(address: Text, *, on_test: Any) -> rx.Component:
    """Render the empty inbox.

    Args:
        address: The link to share.
        on_test: The handler that puts a test message into the inbox.
    """
    return rx.el.div(
        illustration(EMPTY),
        rx.el.p(_("No messages yet"), class_name="title"),
        rx.el.p(
            _("Share your link in your bio, a story or a group chat."),
            class_name="soft max-w-[34ch]",
        ),
        link(address, href=address, dir="ltr", custom_attrs=UNTRANSLATED, class_name="link"),
        button(
            _("Make a story picture"),
            kind="quiet",
            outline=PHONE,
            data_open_dialog="share-sheet",
        ),
        button(_("Send yourself a test message"), kind="quiet", on_click=on_test),
        class_name="empty",
    )


def inbox_skeleton() -> rx.Component:
    """Render placeholders while the messages load."""
    return rx.el.div(
        *(rx.el.div(class_name="message skeleton") for each in range(SKELETON_NOTES)),
        rx.el.p(_("Loading your messages"), role="status", class_name="sr-only"),
        class_name="messages",
    )
