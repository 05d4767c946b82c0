"""What every form has in common."""

from __future__ import annotations

from typing import Any

import reflex as rx


def post_form(
    *parts: rx.Component, on_submit: Any = None, class_name: str = "form", **props: Any
) -> rx.Component:
    """A form that posts where no script takes it, so that nothing lands in an address.

    The browser checks no field: what is wrong is said under it, in our words.

    Args:
        *parts: What stands in it.
        on_submit: The handler that gets it; none where it goes to its action.
        class_name: How it is laid out.
        **props: Whatever else the element takes.
    """
    return rx.el.form(
        *parts,
        method="post",
        no_validate=True,
        on_submit=on_submit,
        class_name=class_name,
        **props,
    )
