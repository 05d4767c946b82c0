"""The search of the dashboard: its form, and what was found."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.icons import CHEVRON, CLOSE, SEARCH, icon
from anonmsg.locale import _
from anonmsg.pages.dashboard.message import message_article
from anonmsg.pages.dashboard.state import DashboardState


def search_form() -> rx.Component:
    """Render the form: words, and where and when to look."""
    return rx.el.form(
        rx.el.div(
            rx.el.label(_("Search messages"), html_for="search-words", class_name="sr-only"),
            rx.el.input(
                id="search-words",
                name="words",
                type="search",
                max_length=100,
                placeholder=_("Search messages"),
                auto_complete="off",
                enter_key_hint="search",
                dir="auto",
                aria_describedby="search-error",
                aria_invalid=rx.cond(DashboardState.search_error, "true", "false"),
                class_name="box search-box",
            ),
            rx.el.button(
                icon(SEARCH),
                type="submit",
                aria_label=_("Search"),
                title=_("Search"),
                aria_busy=DashboardState.is_searching,
                class_name="icon-button",
            ),
            rx.cond(
                DashboardState.is_searched,
                rx.el.button(
                    icon(CLOSE),
                    type="button",
                    aria_label=_("End search"),
                    title=_("End search"),
                    on_click=DashboardState.end_search,
                    data_ends_search="true",
                    class_name="icon-button",
                ),
                rx.fragment(),
            ),
            class_name="search-row",
        ),
        rx.el.p(
            DashboardState.search_error,
            id="search-error",
            role="alert",
            key=DashboardState.search_error,
            class_name="error",
        ),
        _where_and_when(),
        role="search",
        method="post",
        id="search",
        on_submit=DashboardState.search,
        class_name="search",
    )


def _where_and_when() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.el.span(_("Where and when")), icon(CHEVRON, "fold-mark"), class_name="search-fold"
        ),
        rx.el.div(
            rx.el.div(
                rx.el.label(_("Look in"), html_for="search-where", class_name="label"),
                rx.el.select(
                    rx.el.option(_("All folders but the trash"), value="all"),
                    rx.el.option(_("This folder"), value="here"),
                    id="search-where",
                    name="where",
                    class_name="box",
                ),
                class_name="field",
            ),
            _day("since", _("From")),
            _day("until", _("To")),
            class_name="search-when",
        ),
        class_name="folded",
    )


def _day(name: str, label: str) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"search-{name}", class_name="label"),
        rx.el.input(
            id=f"search-{name}", name=name, type="date", auto_complete="off", class_name="box"
        ),
        class_name="field",
    )


def found_messages() -> rx.Component:
    """Render what was found, and how far back was looked."""
    return rx.el.div(
        rx.el.p(
            DashboardState.found_words, key=DashboardState.found_words, class_name="found-words"
        ),
        rx.el.div(rx.foreach(DashboardState.found, _found), class_name="messages", id="found"),
        rx.cond(
            DashboardState.searched_back,
            rx.el.p(
                rx.el.span(DashboardState.searched_back, key=DashboardState.searched_back),
                " · ",
                button(
                    _("Search older"),
                    kind="quiet",
                    on_click=DashboardState.search_older,
                    aria_busy=DashboardState.is_searching,
                    data_load_more="true",
                ),
                class_name="searched-back",
            ),
            rx.fragment(),
        ),
    )


def _found(each: Any) -> rx.Component:
    return rx.el.div(
        message_article(
            each.message,
            text=rx.foreach(each.parts, _part),
            note=rx.foreach(each.note_parts, _part),
        ),
        key=each.message.id,
        class_name="message-of-day",
    )


def _part(part: Any) -> rx.Component:
    return rx.cond(part.is_match, rx.el.mark(part.text), rx.el.span(part.text))
