"""Plain links: the browser follows them, not the router.

`rx.el.a` renders the router's own link, which swaps pages without a request.
Here every page is asked for, because the server decides who may see it.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.framework.elements import link_as_in_html


def link(*children: Any, **props: Any) -> rx.Component:
    """A link as HTML has it.

    Args:
        *children: What it shows.
        **props: Its attributes.
    """
    return link_as_in_html(*children, **props)
