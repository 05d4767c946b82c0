"""The home page: what anonmsg is, one call to action, and its promises."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button_link
from anonmsg.components.frame.frame import framed
from anonmsg.components.frame.state import FrameState
from anonmsg.components.icons import ARROW
from anonmsg.components.links import link
from anonmsg.locale import _
from anonmsg.pages.home.example import example_inbox


def home() -> rx.Component:
    """Render the page at `/`."""
    return framed(
        rx.el.div(
            _pitch(),
            example_inbox(),
            _promises(),
            class_name="hero",
        ),
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
