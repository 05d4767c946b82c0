"""Reflex elements that pages need but Reflex doesn't export publicly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import reflex as rx
from reflex.vars import VarData
from reflex_components_core.core.banner import (  # type: ignore[import-untyped]
    has_connection_errors,
)
from reflex_components_core.el.elements.inline import A  # type: ignore[import-untyped]

__all__ = ["SOCKET_IS_LOST", "html_link", "is_any", "joined"]

# Whether the page has lost its socket; Reflex's own banner reads this too.
SOCKET_IS_LOST: rx.Var[bool] = has_connection_errors


def html_link(*children: Any, **props: Any) -> rx.Component:
    """Render a link that the browser follows; `rx.el.a` renders a router link instead."""
    component: rx.Component = A.create(*children, **props)
    return component


def joined(*lists: rx.Var[list[Any]]) -> rx.Var[list[Any]]:
    """Return several list vars as one, in this order.

    `+` would copy the first list once for each further one.
    """
    parts = ", ".join(f"...{each!s}" for each in lists)
    return rx.Var(f"[{parts}]", _var_type=lists[0]._var_type, _var_data=_known(lists))


def is_any(*lists: rx.Var[list[Any]]) -> rx.Var[bool]:
    """Return whether any of several list vars holds something."""
    lengths = " + ".join(f"{each!s}.length" for each in lists)
    return rx.Var(f"({lengths} > 0)", _var_type=bool, _var_data=_known(lists))


def _known(lists: Iterable[rx.Var[list[Any]]]) -> VarData | None:
    """Return what the vars need: their state's hooks and imports."""
    return VarData.merge(*(each._get_all_var_data() for each in lists))
