"""Reflex elements that pages need but Reflex doesn't export publicly."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import (  # type: ignore[import-untyped]
    has_connection_errors,
)
from reflex_components_core.el.elements.inline import A  # type: ignore[import-untyped]

__all__ = ["SOCKET_IS_LOST", "html_link"]

# Whether the page has lost its socket; Reflex's own banner reads this too.
SOCKET_IS_LOST: rx.Var[bool] = has_connection_errors


def html_link(*children: Any, **props: Any) -> rx.Component:
    """Render a link that the browser follows; `rx.el.a` renders a router link instead."""
    component: rx.Component = A.create(*children, **props)
    return component
