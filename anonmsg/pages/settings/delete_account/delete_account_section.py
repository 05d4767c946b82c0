"""The section of the settings page that deletes the account."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for, field, password_field
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.pages.settings.delete_account.state import DeleteAccountState
from anonmsg.pages.settings.sections import section


def delete_account() -> rx.Component:
    """Render the section; its form is folded, so that nobody ends there by accident."""
    return section(
        "delete-account",
        _("Delete account"),
        rx.el.p(
            _(
                "After 7 days everything is permanently deleted. Sign in before then if you "
                "change your mind."
            ),
            class_name="soft",
        ),
        rx.el.details(
            rx.el.summary(_("Delete this account…"), class_name="button button-quiet"),
            _form(),
            class_name="folded",
        ),
        hint=_("Your page closes now and you're signed out everywhere."),
    )


def _form() -> rx.Component:
    return post_form(
        field(
            "username",
            _("Type your username"),
            id="delete-account-username",
            auto_complete="off",
            auto_capitalize="none",
            spell_check=False,
            error=DeleteAccountState.errors["username"],
        ),
        password_field(
            _("Current password"),
            autocomplete="current-password",
            id="delete-account-password",
            error=DeleteAccountState.errors["password"],
        ),
        errors_for("form", DeleteAccountState.errors["form"], of="delete-account"),
        rx.el.div(
            submit(_("Delete account"), busy=DeleteAccountState.busy, kind="danger"),
            class_name="setting-end",
        ),
        id="delete-account-form",
        on_submit=DeleteAccountState.submit,
    )
