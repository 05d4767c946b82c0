"""The frame around every page: skip link, header, footer, offline bar."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.frame.brand import home_link
from anonmsg.components.frame.navigation import site_header
from anonmsg.components.frame.offline_bar import connection
from anonmsg.components.frame.state import FrameState
from anonmsg.components.links import link
from anonmsg.components.slots import slot, words
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
    """Render the notices of a page that does nothing without JavaScript or without a socket.

    The script fills the second one; it also tells it which pages have no native form.
    """
    return rx.fragment(
        rx.el.noscript(
            rx.el.p(
                _("This page needs JavaScript. Sending someone a message doesn't."),
                class_name="notice",
            )
        ),
        slot(role="alert", class_name="notice notice-bad", data_needs_socket="true"),
    )


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
        rx.el.p(_("Anonymous messages you can trust.")),
        rx.el.nav(
            link(_("Privacy"), href=addresses.PRIVACY.path, class_name="link-button"),
            aria_label=_("Site"),
        ),
        class_name="footer",
    )


def _document(*parts: rx.Component) -> rx.Component:
    return rx.el.div(
        link(_("Skip to content"), href="#content", class_name="skip"),
        *parts,
        connection(),
        words(
            "words",
            too_long=_("That's too long."),
            empty=_("Write a message first."),
            message_too_long=_("Use at most 1,000 characters."),
            left=_("{n} left"),
            over=_("{n} over the limit"),
            copied=_("Link copied"),
            saved=_("Saved"),
            shared=_("Shared"),
            downloading=_("Your browser is downloading it."),
            no_picture=_("We couldn't get the image. Try again."),
            mastodon=_("Enter a server name, such as mastodon.social."),
            select=_("Press Ctrl+C or Cmd+C to copy."),
            select_touch=_("Hold the selected text, then tap Copy."),
            replaced=_("Your text was replaced."),
            broken=_("Something went wrong on our end."),
            broken_hint=_("Reload the page to try again."),
            broken_form=_("Something went wrong on our end. This form still works."),
            reload=_("Reload"),
            offline=_("You're offline. What you write stays here."),
            lost=_("Connection lost. Reconnecting…"),
            sending=_("Sending…"),
            no_socket=_("No live connection on this network. Forms still work."),
            blocked=_(
                "Can't connect to the server. Your network or a proxy may be blocking WebSockets. "
                "Try another network, or turn off your VPN."
            ),
            held_offline=_("You're offline. We'll send this when you're back."),
            held_lost=_("Connection lost. We'll send this when it's back."),
            unreachable=_("You seem to be offline. Nothing is lost. Try again."),
            seconds=_("({n} s)"),
            today=_("Today"),
            yesterday=_("Yesterday"),
            just_now=_("just now"),
            new_message=_("{n} new message"),
            new_messages=_("{n} new messages"),
            selected=_("{n} selected"),
            text_copied=_("Text copied"),
        ),
        class_name="page",
    )
