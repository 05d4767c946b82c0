"""The sections about the account: the username and the email address."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.fields import Text, field, password_field
from anonmsg.components.sentences import UNTRANSLATED, with_elements
from anonmsg.components.verdict import TYPING_PAUSE_MS, verdict
from anonmsg.locale import _
from anonmsg.pages.settings.sections import form_end, is_busy, section, settings_form
from anonmsg.pages.settings.state import SettingsState


def username() -> rx.Component:
    """Render the form that changes the username, and asks before it does."""
    check: Any = SettingsState.check_username
    current = with_elements(_("Current: {username}"), username=_name(SettingsState.me))
    return section(
        "username",
        _("Username"),
        settings_form(
            "username",
            field(
                "username",
                _("New username"),
                auto_complete="off",
                auto_capitalize="none",
                spell_check=False,
                hint=_(
                    "Your link changes too. The old link redirects for 30 days. You can change "
                    "your username once every 7 days."
                ),
                error=SettingsState.errors["username.username"],
                on_change=check.debounce(TYPING_PAUSE_MS),
                below=verdict(SettingsState),
            ),
            label=_("Change username"),
            on_submit=SettingsState.rename,
            state=SettingsState,
            end=rx.cond(
                SettingsState.new_username,
                _confirmation(),
                form_end(
                    "username",
                    _("Change username"),
                    state=SettingsState,
                    data_then_focus="rename-question",
                ),
            ),
        ),
        hint=rx.fragment(*current),
    )


def _confirmation() -> rx.Component:
    """Render the question before a change that can't be undone for a week."""
    question = with_elements(
        _("Change your username to {username}?"), username=_name(SettingsState.new_username)
    )
    return rx.el.div(
        rx.el.p(*question, id="rename-question", tab_index=-1, class_name="setting-name"),
        rx.el.p(_("You can't change it again for 7 days."), id="rename-cost", class_name="soft"),
        rx.el.div(
            button(
                _("Change username"),
                on_click=SettingsState.confirm_rename,
                aria_busy=is_busy(SettingsState, "username"),
            ),
            button(
                _("Cancel"),
                kind="quiet",
                on_click=SettingsState.cancel_rename,
                data_then_focus="username",
            ),
            class_name="setting-end",
        ),
        role="group",
        aria_labelledby="rename-question",
        aria_describedby="rename-cost",
        class_name="confirm",
    )


def email() -> rx.Component:
    """Render the form that mails a link to another address."""
    return section(
        "email",
        _("Email"),
        settings_form(
            "email",
            field(
                "email",
                _("New email"),
                type="email",
                auto_complete="email",
                hint=_("We'll email a link to the new address and tell the old one."),
                error=SettingsState.errors["email.email"],
            ),
            rx.cond(
                SettingsState.needs_password,
                password_field(
                    _("Current password"),
                    autocomplete="current-password",
                    id="email-password",
                    error=SettingsState.errors["email.password"],
                ),
                rx.fragment(),
            ),
            label=_("Change email"),
            on_submit=SettingsState.change_email,
            state=SettingsState,
        ),
        hint=rx.fragment(*with_elements(_("Current: {email}"), email=_name(SettingsState.email))),
    )


def _name(name: Text) -> rx.Component:
    """Render a name that no translator may change."""
    return rx.el.bdi(name, custom_attrs=UNTRANSLATED)
