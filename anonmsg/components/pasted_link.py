"""A form for an emailed link, for browsers without scripts.

No browser sends a link's fragment to a server, and without scripts nothing can read
it on the page. So the person pastes the link.
"""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import submit
from anonmsg.components.fields import field
from anonmsg.components.post_form import post_form
from anonmsg.locale import _


def pasted_link(label: str, *, password: str = "", hint: str = "") -> rx.Component:
    """Render the form, seen only without JavaScript.

    Args:
        label: The button's label.
        password: The label of the password field, if the link needs one.
        hint: When to use the form.
    """
    fields = [
        field(
            "link",
            _("Link from the email"),
            id="pasted-link",
            auto_complete="off",
            hint=hint or _("Copy the whole link from the email and paste it here."),
            with_errors=False,
        )
    ]
    if password:
        fields.append(
            field(
                "password",
                password,
                id="pasted-link-password",
                type="password",
                auto_complete="off",
                with_errors=False,
            )
        )
    form = post_form(*fields, submit(label, kind="quiet", class_name="button-wide"))
    return rx.el.noscript(form)
