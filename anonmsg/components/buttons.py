"""Buttons, and links that look like them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.icons import icon, spinner
from anonmsg.components.links import link


def button(label: str, *, kind: str = "primary", outline: str = "", **props: Any) -> rx.Component:
    """A button that does something here.

    Args:
        label: What it does, which is also its accessible name.
        kind: "primary", "quiet" or "danger".
        outline: An icon before the label.
        **props: Whatever else the element takes.
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
    """The one button that sends a form; it says so while it waits.

    It is never disabled, because that takes the focus away from whoever
    pressed it; the script stops a second try meanwhile.

    Args:
        label: What it does.
        busy: Whether an answer is awaited.
        kind: "primary", "quiet" or "danger".
        **props: Whatever else the element takes.
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
    """A link that is the main way on.

    Args:
        label: Where it leads.
        href: The address.
        kind: "primary" or "quiet".
        outline: An icon after the label.
    """
    return link(
        rx.el.span(label),
        *([icon(outline, "icon-forward")] if outline else []),
        href=href,
        class_name=f"button button-{kind}",
    )
