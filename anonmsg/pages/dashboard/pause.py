"""The part of the dashboard that pauses the page, and says until when it's paused."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.fields import Text
from anonmsg.components.icons import CHEVRON, icon
from anonmsg.components.post_form import post_form
from anonmsg.components.sentences import with_elements
from anonmsg.components.slots import slot
from anonmsg.locale import _


def pause_choice(*, paused_until: Text, error: Text, on_pause: Any, on_end: Any) -> rx.Component:
    """Render the ways to pause the page, or the button that ends a pause.

    Args:
        paused_until: The ISO time at which it opens again, or an empty string.
        error: Why it couldn't be paused.
        on_pause: The handler that receives the form.
        on_end: The handler that opens the page at once.
    """
    return rx.el.div(
        rx.cond(
            paused_until,
            button(_("End pause"), kind="quiet", on_click=on_end, data_then_focus="pause-fold"),
            rx.el.details(
                rx.el.summary(
                    rx.el.span(_("Pause")),
                    icon(CHEVRON, "fold-mark"),
                    id="pause-fold",
                    class_name="button button-quiet",
                ),
                _form(error, on_pause),
                class_name="folded pause-fold",
            ),
        ),
        class_name="pause-row",
    )


def paused(until: Text) -> rx.Component:
    """Render until when the page is paused, in the browser's time.

    Args:
        until: The ISO time.
    """
    return rx.el.p(
        *with_elements(
            _("Paused until {when}. Your page says when it opens again."),
            when=rx.el.time(slot(rx.el.span, data_local=until), date_time=until),
        ),
    )


def _form(error: Text, on_pause: Any) -> rx.Component:
    return post_form(
        rx.el.fieldset(
            rx.el.legend(_("Pause your page"), class_name="label"),
            _length("hour", _("For 1 hour"), default_checked=True),
            _length("tomorrow", _("Until tomorrow")),
            _length("date", _("Until a date")),
            rx.el.input(
                type="date",
                id="pause-until",
                name="until",
                aria_label=_("Open again on"),
                aria_describedby="pause-error",
                class_name="box pause-date",
            ),
            class_name="choices",
        ),
        # The script fills in the browser's time zone, for owners who have chosen none.
        rx.el.input(type="hidden", name="zone", data_browser_zone="true"),
        rx.el.p(error, id="pause-error", role="alert", class_name="field-error"),
        button(_("Pause now"), kind="quiet", type="submit"),
        id="pause",
        on_submit=on_pause,
    )


def _length(value: str, label: str, **props: Any) -> rx.Component:
    own = f"pause-{value}"
    return rx.el.label(
        rx.el.input(
            type="radio", id=own, name="length", value=value, class_name="choice-mark", **props
        ),
        rx.el.span(label),
        html_for=own,
        class_name="choice",
    )
