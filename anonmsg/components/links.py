"""Plain links that the browser follows, not the client-side router.

`rx.el.a` renders a router link, which swaps pages without a request. Here every
page is requested, because the server decides who may see it.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.framework.elements import html_link


def link(*children: Any, **props: Any) -> rx.Component:
    """Render a plain HTML link.

    Args:
        *children: The link's content.
        **props: The link's attributes.
    """
    return html_link(*children, **props)
