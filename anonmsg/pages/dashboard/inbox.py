"""The parts of the dashboard: the link to share, the inbox switch and the messages."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.fields import Text
from anonmsg.components.icons import COPY, PHONE, REFRESH, TRASH, icon
from anonmsg.components.illustrations import EMPTY, illustration
from anonmsg.components.links import link
from anonmsg.components.sentences import UNTRANSLATED
from anonmsg.components.slots import slot
from anonmsg.locale import _
from anonmsg.public import InboxMessage

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


def inbox_heading(total: int | rx.Var[int], *, busy: Any, on_refresh: Any) -> rx.Component:
    """Render the heading with the number of messages and the refresh button.

    Args:
        total: The number of messages.
        busy: Whether the page is waiting for an answer.
        on_refresh: The handler that reloads the messages.
    """
    return rx.el.div(
        rx.el.h2(
            _("Messages"),
            rx.cond(total, rx.el.span(total, class_name="count"), rx.fragment()),
            id="inbox-heading",
            tab_index=-1,
            class_name="title flex items-center gap-3",
        ),
        button(_("Refresh"), kind="quiet", outline=REFRESH, on_click=on_refresh, aria_busy=busy),
        class_name="inbox-head",
    )


def inbox_news(sentence: Text, *, times: Any, arrived: Any) -> rx.Component:
    """Render what screen readers are told: what has arrived, and what was deleted.

    Args:
        sentence: What happened last.
        times: How often something was told; a new paragraph is announced even if it
            says the same as the last one.
        arrived: How many messages have arrived, which the script counts in the tab's
            title while nobody looks (`unseen.js`).
    """
    return rx.el.div(
        rx.el.p(sentence, key=times),
        role="status",
        custom_attrs={"data-arrived": arrived},
        class_name="sr-only",
    )


Messages: TypeAlias = "list[InboxMessage] | rx.Var[list[InboxMessage]]"


def message_list(arrivals: Messages, messages: Messages) -> rx.Component:
    """Render the messages, newest first.

    Args:
        arrivals: What has come since the others were loaded.
        messages: The loaded part of the inbox.
    """
    return rx.el.div(
        rx.foreach(arrivals, _message), rx.foreach(messages, _message), class_name="messages"
    )


def _message(message: InboxMessage) -> rx.Component:
    return rx.el.article(
        rx.el.p(message.content, dir="auto", class_name="message-text"),
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
            rx.el.button(
                icon(TRASH),
                type="button",
                aria_label=_("Delete"),
                data_delete=message.id,
                class_name="icon-button",
            ),
            class_name="message-foot",
        ),
        key=message.id,
        class_name="message",
    )


def _sent_at(iso: Any) -> rx.Component:
    """Render the time in UTC, until the script shows it in local time and format."""
    return rx.el.time(
        slot(rx.el.span, data_local=iso),
        rx.el.span(iso[:10] + " " + iso[11:16] + " UTC"),
        date_time=iso,
        class_name="when",
    )


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
