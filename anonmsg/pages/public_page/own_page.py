"""What a signed-in person reads on a public page, their own or another's."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.fields import Text
from anonmsg.components.frame.state import FrameState
from anonmsg.components.links import link
from anonmsg.locale import _


def own_page_bar(owner: Text) -> rx.Component:
    """Render the owner's way back to their inbox; everyone else sees nothing.

    Args:
        owner: The username of the page's owner.
    """
    return rx.cond(
        FrameState.signed_in & (FrameState.me == owner),
        rx.el.div(
            rx.el.p(_("This is your page"), class_name="font-medium"),
            link(
                _("Back to your inbox"), href=addresses.DASHBOARD.path, class_name="link link-row"
            ),
            class_name="notice own-page",
        ),
        rx.fragment(),
    )


def still_anonymous(owner: Text) -> rx.Component:
    """Render what reassures a sender whose own account shows in the header.

    Args:
        owner: The username of the page's owner.
    """
    return rx.cond(
        FrameState.signed_in & (FrameState.me != owner),
        rx.el.span(_("You're signed in, but your message is still anonymous."), class_name="block"),
        rx.fragment(),
    )
