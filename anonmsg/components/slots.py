"""Elements whose text belongs to the script or to the server, never to React.

An empty string child together with `suppressHydrationWarning` is the one shape
that React neither fills, checks nor clears, so text that somebody else put
there before hydration survives it.
"""

from __future__ import annotations

from typing import Any

import reflex as rx


def slot(element: Any = rx.el.p, **props: Any) -> rx.Component:
    """Leave room for text that React must not touch.

    Args:
        element: The `rx.el` element that makes the room.
        **props: Its attributes.
    """
    props["custom_attrs"] = {"suppressHydrationWarning": True, **props.get("custom_attrs", {})}
    component: rx.Component = element("", **props)
    return component


def words(name: str, **sentences: str) -> rx.Component:
    """Hand translated sentences to the static script, which holds none itself.

    Args:
        name: The id by which the script finds them.
        **sentences: What it may have to say; each becomes a data attribute.
    """
    attributes = {f"data-{key.replace('_', '-')}": text for key, text in sentences.items()}
    return rx.el.span(id=name, hidden=True, custom_attrs=attributes)
