"""The section about emails on new messages."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.choices import choice_field
from anonmsg.locale import _
from anonmsg.pages.settings.notifications.state import NotificationsState
from anonmsg.pages.settings.sections import section, settings_form


def notifications() -> rx.Component:
    """Render the form that chooses how often an email says how many messages are new."""
    frequencies = {
        "off": _("Off"),
        "hourly": _("At most once an hour"),
        "daily": _("Once a day"),
    }
    hours = {str(hour): f"{hour:02}:00" for hour in range(24)}
    return section(
        "notifications",
        None,
        settings_form(
            "notifications",
            choice_field(
                "frequency",
                _("Email me about new messages"),
                frequencies,
                value=NotificationsState.frequency,
                error=NotificationsState.errors["notifications.frequency"],
            ),
            rx.el.div(
                choice_field(
                    "hour",
                    _("Hour of the day"),
                    hours,
                    value=NotificationsState.hour,
                    hint=_("In your time zone."),
                ),
                class_name="only-daily",
            ),
            label=_("Save emails"),
            on_submit=NotificationsState.choose,
            state=NotificationsState,
        ),
        hint=_(
            "Emails say how many messages are new, and never what they say. Each has a link "
            "that ends them."
        ),
    )
