"""The sign-in page: a native POST form, which the script submits with fetch if it runs."""

from __future__ import annotations

import reflex as rx

from anonmsg.addresses import FORGOT_PASSWORD, SIGN_IN, SIGN_UP, VERIFY
from anonmsg.components.buttons import button, submit
from anonmsg.components.fields import errors_for, field, password_field
from anonmsg.components.frame.frame import bare
from anonmsg.components.links import link
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.pages.reset_password.state import ResetPasswordState
from anonmsg.pages.verify.state import VerifyState


def sign_in() -> rx.Component:
    """Render the page at `/sign-in`."""
    return bare(
        rx.el.h1(
            rx.cond(VerifyState.verified_notice, _("Sign in to your new page"), _("Welcome back")),
            class_name="headline first-step",
            custom_attrs={"data-sign-in-title": "true", "suppressHydrationWarning": True},
        ),
        rx.el.p(
            VerifyState.verified_notice,
            role="status",
            class_name="notice first-step",
            # The script fills the name in: what a state writes into a field, typing undoes.
            data_fills="identifier",
            data_with=VerifyState.verified_name,
        ),
        rx.el.p(ResetPasswordState.changed_notice, role="status", class_name="notice first-step"),
        post_form(
            rx.el.input(type="hidden", name="next"),
            rx.el.div(
                _identifier(),
                password_field(_("Password"), autocomplete="current-password"),
                class_name="first-step fields",
            ),
            _two_factor(),
            errors_for("form"),
            submit(_("Sign in"), class_name="button-wide"),
            button(_("Back"), kind="quiet", data_first_step="true", class_name="second-step"),
            action=SIGN_IN.path,
            data_native="true",
            custom_attrs={"data-fetch": "true"},
        ),
        rx.el.p(
            _("New here?"),
            " ",
            link(_("Create your page"), href=SIGN_UP.path, class_name="link"),
            rx.el.br(),
            link(_("Forgot your password?"), href=FORGOT_PASSWORD.path, class_name="link"),
            class_name="sheet-foot first-step",
        ),
    )


def _identifier() -> rx.Component:
    return rx.el.div(
        field(
            "identifier",
            _("Email or username"),
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
            data_needed=_("Enter your email or username."),
        ),
        link(
            _("Enter the code"),
            href=VERIFY.path,
            hidden=True,
            custom_attrs={"data-verify-link": "true", "suppressHydrationWarning": True},
            class_name="button button-quiet mt-2",
        ),
    )


def _two_factor() -> rx.Component:
    """Render the second step, which the script shows once the password is accepted.

    The first step is then folded away, with what was typed in it. A browser without
    scripts gets a page of its own for it (`web/posts/sign_in.py`).
    """
    asked = _("Enter the code from your authenticator app.")
    return rx.el.div(
        rx.el.h1(_("Two-factor sign-in"), class_name="headline"),
        rx.el.p(asked, class_name="soft"),
        field(
            "code",
            _("Authentication code"),
            auto_complete="one-time-code",
            auto_capitalize="none",
            spell_check=False,
            required=False,
            data_needed=asked,
            hint=_("6 digits from your authenticator app, or a recovery code."),
        ),
        hidden=True,
        class_name="fields",
        custom_attrs={"data-two-factor": "true", "suppressHydrationWarning": True},
    )
