"""The comment below a username that is being typed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.icons import spinner
from anonmsg.locale import _

# Milliseconds to wait after the last key before checking.
TYPING_PAUSE_MS = 300


def verdict(state: Any) -> rx.Component:
    """Render whether the username is available.

    Args:
        state: The `UsernameCheckState` that checks it.
    """
    return rx.el.p(
        rx.cond(state.checking, spinner("spinner-on"), rx.fragment()),
        rx.el.span(
            rx.cond(state.checking, _("Checking"), state.username_note),
            class_name=rx.cond(state.checking, "soft", rx.cond(state.username_fine, "good", "bad")),
        ),
        aria_live="polite",
        class_name="verdict",
    )
