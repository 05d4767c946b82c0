"""Whether the page still hears its server, told quietly.

Reflex has a banner of its own, which brings a library of dialogs and one of
toasts along; the app leaves it out (`app_wraps`) and reads the same errors.
"""

from __future__ import annotations

import reflex as rx

from anonmsg.components.slots import slot
from anonmsg.framework.elements import SOCKET_IS_LOST


def connection() -> rx.Component:
    """A bar that is empty while all is well, and what the script reads to fill it.

    The script waits a moment before it says that the socket is lost, for most
    are back before anybody has noticed.
    """
    return rx.el.div(
        slot(id="offline", role="status", class_name="offline"),
        custom_attrs={"data-cut-off": rx.cond(SOCKET_IS_LOST, "true", "false")},
    )
