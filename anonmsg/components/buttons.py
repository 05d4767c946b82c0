"""Buttons, and links that look like them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.icons import icon, spinner
from anonmsg.components.links import link


def button(label: str, *, kind: str = "primary", outline: str = "", **props: Any) -> rx.Component:
    """Render a button that acts on this page.

    Args:
        label: What the button does; also its accessible name.
        kind: "primary", "quiet" or "danger".
        outline: An icon to show before the label.
        **props: Other attributes of the element.
    """
    props.setdefault("type", "button")
    extra = props.pop("class_name", "")
    return rx.el.button(
        *([icon(outline)] if outline else []),
        rx.el.span(label),
        class_name=f"button button-{kind} {extra}".strip(),
        **props,
    )


def submit(
    label: str, *, busy: bool | rx.Var[bool] = False, kind: str = "primary", **props: Any
) -> rx.Component:
    """Render a form's submit button, which shows when the form is busy.

    The button is never disabled, because disabling it would drop the focus. The
    script blocks repeated submits instead.

    Args:
        label: What the button does.
        busy: Whether the form is waiting for an answer.
        kind: "primary", "quiet" or "danger".
        **props: Other attributes of the element.
    """
    extra = props.pop("class_name", "")
    return rx.el.button(
        spinner(),
        rx.el.span(label),
        type="submit",
        class_name=f"button button-{kind} {extra}".strip(),
        **({} if busy is False else {"aria_busy": busy}),
        **props,
    )


def button_link(label: str, href: str, *, kind: str = "primary", outline: str = "") -> rx.Component:
    """Render a link that looks like a button.

    Args:
        label: Where the link leads.
        href: The address.
        kind: "primary" or "quiet".
        outline: An icon to show after the label.
    """
    return link(
        rx.el.span(label),
        *([icon(outline, "icon-forward")] if outline else []),
        href=href,
        class_name=f"button button-{kind}",
    )
