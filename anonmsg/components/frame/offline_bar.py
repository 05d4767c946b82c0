"""A quiet bar that says when the page has lost its server.

Reflex's own banner pulls in a dialog library and a toast library, so the app
leaves it out (`app_wraps`) and reads the same connection errors.
"""

from __future__ import annotations

import reflex as rx

from anonmsg.components.slots import slot
from anonmsg.framework.elements import SOCKET_IS_LOST


def connection() -> rx.Component:
    """Render the bar, empty while connected, and the flag that the script reads to fill it.

    The script waits before it reports a lost socket, because most reconnect
    before anyone notices.
    """
    return rx.el.div(
        slot(id="offline", role="status", class_name="offline"),
        custom_attrs={"data-cut-off": rx.cond(SOCKET_IS_LOST, "true", "false")},
    )
