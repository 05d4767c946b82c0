"""The section of the settings page where an account is deleted."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for, field, password_field
from anonmsg.components.forms import post_form
from anonmsg.components.settings import section
from anonmsg.locale import _
from anonmsg.state.leaving import LeavingState


def leaving() -> rx.Component:
    """The card with the form that asks for the end."""
    return section(
        "leaving",
        _("Delete account"),
        rx.el.p(
            _(
                "After 7 days your account, your username and every message are deleted for "
                "good; nobody can bring them back. Sign in before then to keep everything."
            ),
            class_name="soft",
        ),
        post_form(
            field(
                "username",
                _("Type your username"),
                id="leaving-username",
                auto_complete="off",
                auto_capitalize="none",
                spell_check=False,
                error=LeavingState.errors["username"],
            ),
            password_field(
                _("Current password"),
                autocomplete="current-password",
                id="leaving-password",
                error=LeavingState.errors["password"],
            ),
            errors_for("form", LeavingState.errors["form"], of="leaving"),
            rx.el.div(
                submit(_("Delete account"), busy=LeavingState.busy, kind="danger"),
                class_name="setting-end",
            ),
            id="leaving-form",
            on_submit=LeavingState.submit,
        ),
        hint=_("Your page closes at once, and every browser is signed out."),
    )
