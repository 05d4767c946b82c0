"""The home page: the pitch and a demo on the first screen, and how it all works below."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button_link
from anonmsg.components.frame.frame import framed
from anonmsg.components.frame.state import FrameState
from anonmsg.components.icons import ARROW, DOWN, icon
from anonmsg.components.links import link
from anonmsg.locale import _
from anonmsg.pages.home.example import example_inbox
from anonmsg.pages.home.hosting import host_it_yourself
from anonmsg.pages.home.steps import how_it_works


def home() -> rx.Component:
    """Render the page at `/`."""
    return framed(
        rx.el.div(
            rx.el.div(
                _pitch(),
                example_inbox(),
                _promises(),
                class_name="hero",
            ),
            link(_("How it works"), icon(DOWN), href="#how", class_name="link-button more-hint"),
            class_name="first-screen",
        ),
        how_it_works(),
        host_it_yourself(),
        _last_call(),
    )


def _pitch() -> rx.Component:
    return rx.el.div(
        rx.el.h1(
            _("What would people tell you if they didn't have to sign it?"), class_name="display"
        ),
        rx.el.p(
            _("Share one link. Anyone can leave you a message, no name needed."),
            class_name="lead",
        ),
        rx.cond(
            FrameState.signed_in,
            button_link(_("Open your inbox"), addresses.DASHBOARD.path, outline=ARROW),
            button_link(_("Create your page"), addresses.SIGN_UP.path, outline=ARROW),
        ),
        class_name="pitch",
    )


def _promises() -> rx.Component:
    lines = [
        _("No account and no cookies to send a message."),
        _("We store the text and the time, and nothing about who wrote it."),
        _("Your wording can still give you away. No software can hide that."),
    ]
    return rx.el.div(
        rx.el.ul(*(rx.el.li(line) for line in lines), class_name="promises"),
        link(_("How we keep it anonymous"), href=addresses.PRIVACY.path, class_name="link"),
        class_name="promised",
    )


def _last_call() -> rx.Component:
    """Render the call to action once more, for those who have read to the end."""
    return rx.cond(
        FrameState.signed_in,
        rx.fragment(),
        rx.el.section(
            rx.el.h2(_("Find out what they'd say."), id="last-title", class_name="headline"),
            button_link(_("Get your link"), addresses.SIGN_UP.path, outline=ARROW),
            aria_labelledby="last-title",
            class_name="more-section last-call",
        ),
    )
