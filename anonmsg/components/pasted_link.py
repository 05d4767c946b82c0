"""A field for an emailed link, for browsers without scripts.

No browser sends a link's fragment to a server, and without scripts nothing can read
it on the page. So the person pastes the link into the same form.
"""

from __future__ import annotations

import reflex as rx

from anonmsg.components.fields import field
from anonmsg.locale import _


def pasted_link() -> rx.Component:
    """Render the field, which exists only without JavaScript."""
    return rx.el.noscript(_link())


def pasted_link_with_password(summary: str, *, password: str) -> rx.Component:
    """Render the field and a password, folded away; they exist only without JavaScript.

    Args:
        summary: When to unfold them.
        password: The password's label.
    """
    own = field(
        "password",
        password,
        id="pasted-link-password",
        type="password",
        auto_complete="off",
        required=False,
        with_errors=False,
    )
    return rx.el.noscript(
        rx.el.details(rx.el.summary(summary), _link(), own, class_name="grid gap-5")
    )


def _link() -> rx.Component:
    return field(
        "link",
        _("Link from the email"),
        id="pasted-link",
        auto_complete="off",
        required=False,
        hint=_("Copy the whole link from the email and paste it here."),
        with_errors=False,
    )
