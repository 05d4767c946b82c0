"""Elements whose text is written by the script or the server, never by React.

An empty string child with `suppressHydrationWarning` is the only combination
that React neither fills, checks nor clears, so text that was put there before
hydration survives it.
"""

from __future__ import annotations

from typing import Any

import reflex as rx


def slot(element: Any = rx.el.p, **props: Any) -> rx.Component:
    """Render an empty element for text that React must not touch.

    Args:
        element: The `rx.el` element to render.
        **props: The element's attributes.
    """
    props["custom_attrs"] = {"suppressHydrationWarning": True, **props.get("custom_attrs", {})}
    component: rx.Component = element("", **props)
    return component


def filled_later(field: str, value: Any) -> rx.Component:
    """Hand a field's value to the script, which fills it in unless something was typed.

    Args:
        field: The field's id.
        value: Its value, once the state knows it.
    """
    return rx.el.span(hidden=True, data_fills=field, data_with=value)


def words(name: str, **sentences: str) -> rx.Component:
    """Pass translated sentences to the static script, which contains none itself.

    Args:
        name: The id of the element that holds them.
        **sentences: The sentences; each becomes a data attribute.
    """
    attributes = {f"data-{key.replace('_', '-')}": text for key, text in sentences.items()}
    return rx.el.span(id=name, hidden=True, custom_attrs=attributes)
