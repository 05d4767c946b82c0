"""The frame around every page: skip link, header, footer, offline bar."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.frame.brand import home_link
from anonmsg.components.frame.offline_bar import connection
from anonmsg.components.frame.state import FrameState
from anonmsg.components.icons import SLIDERS, icon
from anonmsg.components.links import link
from anonmsg.components.slots import words
from anonmsg.locale import _


def framed(*sections: rx.Component, header: rx.Component | None = None) -> rx.Component:
    """Render a page with a header and a footer.

    Args:
        *sections: The page's content.
        header: A header to use instead of the one that shows who is signed in.
    """
    return _document(
        header or site_header(),
        _notice(),
        rx.el.p(FrameState.news, role="status", class_name="notice"),
        rx.el.main(*sections, id="content", tab_index=-1, class_name="main"),
        _footer(),
    )


def bare(*sections: rx.Component) -> rx.Component:
    """Render a page with a single form on a sheet, and only a link home around it.

    Args:
        *sections: The content of the sheet.
    """
    return _document(
        rx.el.header(home_link(), class_name="bare-header"),
        _notice(),
        rx.el.main(
            rx.el.div(*sections, class_name="sheet"),
            id="content",
            tab_index=-1,
            class_name="main bare-main",
        ),
    )


def needs_scripts() -> rx.Component:
    """Render the notice, seen without JavaScript, that this page needs it."""
    return rx.el.noscript(
        rx.el.p(
            _("This page needs JavaScript. Sending a message to somebody does not."),
            class_name="notice",
        )
    )


def site_header() -> rx.Component:
    """Render the header for pages that differ when someone is signed in."""
    return rx.el.header(
        home_link(),
        rx.el.nav(
            rx.cond(FrameState.signed_in, _for_owners(), _for_strangers()),
            aria_label=_("Account"),
            class_name="flex items-center gap-2 min-w-0",
        ),
        class_name="header",
    )


def plain_header() -> rx.Component:
    """Render the header for pages that are the same whoever visits."""
    return rx.el.header(home_link(), class_name="header")


def _for_owners() -> rx.Component:
    return rx.el.div(
        link(
            rx.el.bdi(FrameState.me, class_name="truncate"),
            href=addresses.DASHBOARD.path,
            class_name="link-button min-w-0",
        ),
        link(
            icon(SLIDERS),
            rx.el.span(_("Settings"), class_name="where-there-is-room"),
            href=addresses.SETTINGS.path,
            aria_label=_("Settings"),
            class_name="link-button flex-none",
        ),
        rx.el.form(
            rx.el.button(_("Sign out"), type="submit", class_name="button button-quiet"),
            method="post",
            action=addresses.SIGN_OUT.path,
            on_submit=None,
            class_name="flex-none",
        ),
        data_signed_in="true",
        class_name="flex items-center gap-2 min-w-0",
    )


def _for_strangers() -> rx.Component:
    return link(_("Sign in"), href=addresses.SIGN_IN.path, class_name="button button-quiet")


def _notice() -> rx.Component:
    """Render the notice that belongs to no field, until it's dismissed."""
    return rx.el.div(
        rx.cond(
            FrameState.notice,
            rx.el.div(
                rx.el.p(FrameState.notice),
                rx.el.button(
                    _("Dismiss"),
                    type="button",
                    on_click=FrameState.dismiss,
                    data_then_focus="content",
                    class_name="link-button flex-none",
                ),
                class_name="told",
            ),
            rx.fragment(),
        ),
        role="alert",
    )


def _footer() -> rx.Component:
    return rx.el.footer(
        rx.el.p(_("Messages without a sender.")),
        rx.el.nav(
            link(_("Privacy"), href=addresses.PRIVACY.path, class_name="link-button"),
            aria_label=_("Site"),
        ),
        class_name="footer",
    )


def _document(*parts: rx.Component) -> rx.Component:
    return rx.el.div(
        link(_("Skip to the content"), href="#content", class_name="skip"),
        *parts,
        connection(),
        words(
            "words",
            too_long=_("That is too long."),
            empty=_("Write something first."),
            message_too_long=_("Use at most 1,000 characters."),
            left=_("{n} left"),
            over=_("{n} too many"),
            copied=_("Link copied"),
            mastodon=_("Enter the name of a server, such as mastodon.social."),
            select=_("Press Ctrl+C or Cmd+C to copy."),
            offline=_("You are offline. What you write stays here."),
            lost=_("Connection lost. Reconnecting…"),
            held_offline=_("You are offline. It will be sent when you are back."),
            held_lost=_("Connection lost. It will be sent when it is back."),
            unreachable=_("You seem to be offline. Nothing was lost: try again."),
            seconds=_("({n} s)"),
        ),
        class_name="page",
    )
