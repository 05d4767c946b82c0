"""The page that requests a password reset link."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for, field
from anonmsg.components.frame.frame import bare
from anonmsg.components.links import link
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.pages.forgot_password.state import ForgotPasswordState


def forgot() -> rx.Component:
    """Render the page at `/forgot-password`."""
    return bare(
        rx.el.h1(_("Forgot your password?"), class_name="headline"),
        rx.el.p(_("We'll email you a link to set a new one."), class_name="soft mt-1"),
        rx.el.p(ForgotPasswordState.notice, role="status", class_name="notice"),
        post_form(
            field(
                "email",
                _("Email"),
                type="email",
                input_mode="email",
                auto_complete="email",
                auto_capitalize="none",
                spell_check=False,
                hint=_("The email you signed up with."),
                error=ForgotPasswordState.errors["email"],
            ),
            errors_for("form", ForgotPasswordState.errors["form"]),
            submit(_("Send reset link"), busy=ForgotPasswordState.busy, class_name="button-wide"),
            on_submit=ForgotPasswordState.submit,
            is_native=True,
        ),
        rx.el.p(
            _("Remembered it?"),
            " ",
            link(_("Sign in"), href=addresses.SIGN_IN.path, class_name="link"),
            class_name="sheet-foot",
        ),
    )
