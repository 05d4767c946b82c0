"""The page that sets a new password with an emailed link."""

from __future__ import annotations

import reflex as rx

from anonmsg.addresses import FORGOT_PASSWORD, SIGN_IN
from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for, password_field
from anonmsg.components.frame.frame import bare
from anonmsg.components.links import link
from anonmsg.components.pasted_link import pasted_link
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.pages.reset_password.state import ResetPasswordState


def reset() -> rx.Component:
    """Render the page at `/reset-password`.

    The script moves the link's secret from the URL into the form, and sets
    `has-link`, which the stylesheet uses to decide what to show.
    """
    return bare(
        rx.el.h1(_("Choose a new password"), class_name="headline"),
        rx.el.p(
            _("This signs you out everywhere."),
            class_name="soft mt-1",
        ),
        rx.el.p(
            _("Open this page from the link in your email."),
            class_name="notice without-link",
        ),
        rx.el.div(
            post_form(
                pasted_link(),
                password_field(
                    _("New password"),
                    autocomplete="new-password",
                    hint=_("At least 8 characters. A short sentence works well."),
                    error=ResetPasswordState.errors["password"],
                ),
                errors_for("form", ResetPasswordState.errors["form"]),
                _another_link(),
                submit(_("Reset password"), busy=ResetPasswordState.busy, class_name="button-wide"),
                id="reset-form",
                on_submit=ResetPasswordState.submit,
                is_native=True,
            ),
            class_name="with-link pasteable",
        ),
        rx.el.p(
            link(_("Forgot your password?"), href=FORGOT_PASSWORD.path, class_name="link"),
            " · ",
            link(_("Sign in"), href=SIGN_IN.path, class_name="link"),
            class_name="sheet-foot",
        ),
    )


def _another_link() -> rx.Component:
    """Render the way to get another link when this one no longer works."""
    return rx.cond(
        ResetPasswordState.link_expired,
        link(
            _("Get a new link"),
            href=FORGOT_PASSWORD.path,
            class_name="button button-quiet button-wide",
        ),
        rx.fragment(),
    )
