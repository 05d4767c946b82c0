"""The form element that every form uses."""

from __future__ import annotations

from typing import Any

import reflex as rx


def post_form(
    *parts: rx.Component,
    on_submit: Any = None,
    is_native: bool = False,
    class_name: str = "form",
    **props: Any,
) -> rx.Component:
    """Render a form that falls back to a POST, so that its fields never end up in a URL.

    `data_native="true"` marks a form that does its job without React: it comes back
    if React breaks (`broken.js`).

    Browser validation is off: errors are shown under the fields, in our own words.

    Args:
        *parts: The form's content.
        on_submit: The handler that receives the form; None if it goes to its action.
        is_native: Whether a route handles its POST (`Post.ROUTE`), so that the script
            may use that instead of a socket.
        class_name: Classes for the layout.
        **props: Other attributes of the element.
    """
    if is_native:
        props["data_native"] = "true"
    return rx.el.form(
        *parts,
        method="post",
        no_validate=True,
        on_submit=on_submit,
        class_name=class_name,
        **props,
    )
