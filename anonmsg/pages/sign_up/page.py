"""The sign-up page and its form."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for, field, password_field
from anonmsg.components.frame.frame import bare
from anonmsg.components.links import link
from anonmsg.components.post_form import post_form
from anonmsg.components.verdict import TYPING_PAUSE_MS, verdict
from anonmsg.locale import _
from anonmsg.pages.sign_up.state import SignUpState


def sign_up() -> rx.Component:
    """Render the page at `/sign-up`."""
    return bare(
        rx.el.h1(_("Create your page"), class_name="headline"),
        rx.el.p(_("It takes about a minute."), class_name="soft mt-1"),
        post_form(
            _username(),
            _email(),
            password_field(
                _("Password"),
                autocomplete="new-password",
                hint=_("At least 8 characters. A short sentence works well."),
                error=SignUpState.errors["password"],
            ),
            errors_for("form", SignUpState.errors["form"]),
            submit(_("Sign up"), busy=SignUpState.busy, class_name="button-wide"),
            # The script fills it in when it submits the form natively.
            rx.el.input(type="hidden", name="sign_up"),
            on_submit=SignUpState.submit,
            is_native=True,
        ),
        rx.el.p(
            _("Already have a page?"),
            " ",
            link(_("Sign in"), href=addresses.SIGN_IN.path, class_name="link"),
            class_name="sheet-foot",
        ),
    )


def _username() -> rx.Component:
    check: Any = SignUpState.check_username
    return field(
        "username",
        _("Username"),
        auto_complete="username",
        auto_capitalize="none",
        spell_check=False,
        hint=_("2–20 letters, numbers or underscores. This is your link."),
        error=SignUpState.errors["username"],
        on_change=check.debounce(TYPING_PAUSE_MS),
        below=verdict(SignUpState),
    )


def _email() -> rx.Component:
    return field(
        "email",
        _("Email"),
        type="email",
        input_mode="email",
        auto_complete="email",
        auto_capitalize="none",
        spell_check=False,
        hint=_("For your code and account notices. No newsletters."),
        error=SignUpState.errors["email"],
    )
