"""The notice at the top of the public page: the inbox is closed, or the page is gone.

It's there before anyone types, and appears there while somebody does. The stylesheet
shows the one that matches the inbox, so that a closed page needs no script. The element
around them never leaves the page, so that screen readers announce what appears in it.
"""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx

from anonmsg.components.copy_text import copy_text
from anonmsg.components.sentences import with_elements
from anonmsg.locale import _


def notices(owner: Callable[[], rx.Component], reopens: rx.Component) -> rx.Component:
    """Render the place at the top that says why nothing can be sent.

    A refused **Send** moves the focus here (`refusals.js`).

    Args:
        owner: Returns an element that shows the owner's name.
        reopens: Shows when a paused page opens again.
    """
    return rx.el.div(
        _closed(owner(), reopens),
        _gone(),
        id="page-notice",
        role="status",
        tab_index=-1,
        class_name="page-notice",
    )


def _closed(owner: rx.Component, reopens: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            *with_elements(_("{username} is not accepting messages"), username=owner),
            class_name="title",
        ),
        reopens,
        rx.el.p(_("Check back later. This link will still work."), class_name="soft"),
        class_name="notice notice-warn when-closed",
    )


def _gone() -> rx.Component:
    """Render what a sender reads whose recipient's page was removed while they were typing."""
    return rx.el.div(
        rx.el.p(_("This page has been removed"), class_name="title"),
        rx.el.p(
            _("Your message can't be sent here. Copy your text if you want to keep it."),
            class_name="soft",
        ),
        copy_text("message"),
        class_name="notice notice-warn when-gone",
    )
