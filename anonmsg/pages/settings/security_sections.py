"""The sections about signing in: the password and the signed-in browsers."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.fields import password_field
from anonmsg.locale import _
from anonmsg.pages.settings.sections import is_busy, section, session_list, settings_form
from anonmsg.pages.settings.state import SettingsState


def password() -> rx.Component:
    """Render the form that changes the password."""
    return section(
        "password",
        _("Password"),
        settings_form(
            "password",
            password_field(
                _("Current password"),
                autocomplete="current-password",
                id="current-password",
                error=SettingsState.errors["password.password"],
            ),
            password_field(
                _("New password"),
                autocomplete="new-password",
                name="new_password",
                id="new-password",
                hint=_("At least 8 characters. A short sentence works well."),
                error=SettingsState.errors["password.new_password"],
            ),
            label=_("Change password"),
            on_submit=SettingsState.change_password,
            state=SettingsState,
        ),
    )


def sessions() -> rx.Component:
    """Render the browsers in which the owner is signed in."""
    return section(
        "sessions",
        _("Where you're signed in"),
        session_list(SettingsState.sessions, on_end=SettingsState.end_session),
        rx.el.div(
            button(
                _("Sign out everywhere else"),
                kind="quiet",
                on_click=SettingsState.end_other_sessions,
                aria_busy=is_busy(SettingsState, "sessions"),
            ),
            rx.el.p(SettingsState.said["sessions"], role="status", class_name="done"),
            class_name="setting-end",
        ),
        hint=_("We keep each browser's type and when it was used, but no address and no location."),
    )
