"""The settings page: an owner's page, account and signed-in browsers."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.fields import Text, errors_for, field, password_field
from anonmsg.components.frame.frame import framed, needs_scripts, owners_header
from anonmsg.components.sentences import with_elements
from anonmsg.locale import _
from anonmsg.pages.settings.delete_account.delete_account_section import delete_account
from anonmsg.pages.settings.export_section import export
from anonmsg.pages.settings.sections import is_busy, section, session_list, settings_form
from anonmsg.pages.settings.state import SettingsState
from anonmsg.pages.settings.two_factor.two_factor_section import two_factor


def settings() -> rx.Component:
    """Render the page at `/settings`."""
    return framed(
        rx.el.div(
            rx.el.h1(_("Settings"), class_name="headline"),
            needs_scripts(),
            rx.el.div(
                _profile(),
                _username(),
                _email(),
                _password(),
                two_factor(),
                _sessions(),
                export(),
                delete_account(),
                class_name="setting-list",
            ),
            class_name="dashboard",
        ),
        header=owners_header(),
    )


def _profile() -> rx.Component:
    return section(
        "profile",
        _("Your page"),
        settings_form(
            "profile",
            field(
                "display_name",
                _("Display name"),
                required=False,
                default_value=SettingsState.display_name,
                key=f"name-{SettingsState.display_name}",
                auto_complete="nickname",
                hint=_("Shown below your username. Up to 50 characters."),
                error=SettingsState.errors["profile.display_name"],
            ),
            _bio(),
            label=_("Save"),
            on_submit=SettingsState.describe,
            state=SettingsState,
        ),
    )


def _bio() -> rx.Component:
    return rx.el.div(
        rx.el.label(_("About you"), html_for="bio", class_name="label"),
        rx.el.textarea(
            id="bio",
            name="bio",
            rows="3",
            dir="auto",
            default_value=SettingsState.bio,
            key=f"bio-{SettingsState.bio}",
            aria_describedby="bio-hint bio-error bio-refusal",
            aria_invalid=rx.cond(SettingsState.errors["profile.bio"], "true", "false"),
            class_name="box",
        ),
        rx.el.p(
            _("A line or two for people who open your page. Up to 200 characters."),
            id="bio-hint",
            class_name="hint",
        ),
        errors_for("bio", SettingsState.errors["profile.bio"]),
        class_name="field",
    )


def _name(name: Text) -> rx.Component:
    """Render a name that no translator may change."""
    return rx.el.bdi(name, translate="no")


def _username() -> rx.Component:
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
            ),
            label=_("Change username"),
            on_submit=SettingsState.rename,
            state=SettingsState,
        ),
        hint=rx.fragment(*current),
    )


def _email() -> rx.Component:
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


def _password() -> rx.Component:
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


def _sessions() -> rx.Component:
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
        hint=_("We only keep the browser type and the day it was last used."),
    )
