"""The page that verifies an email address, by the six-digit code or the emailed link."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import button_link, submit
from anonmsg.components.fields import errors_for, field, password_field
from anonmsg.components.frame.frame import bare
from anonmsg.components.illustrations import CODE, illustration
from anonmsg.components.links import link
from anonmsg.components.pasted_link import pasted_link_with_password
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.pages.verify.sent_to import mail_troubles, sent_to
from anonmsg.pages.verify.state import VerifyState


def verify() -> rx.Component:
    """Render the page at `/verify`.

    The stylesheet decides what to show: it checks `has-link`, which the script
    sets if a link was opened, and whether this browser started the sign-up.
    """
    return bare(
        illustration(CODE, "art-small"),
        rx.el.h1(
            rx.cond(VerifyState.already_verified, _("Nothing left to do"), _("Check your email")),
            class_name="headline",
        ),
        rx.cond(VerifyState.already_verified, _already_verified(), _unverified()),
    )


def _unverified() -> rx.Component:
    return rx.el.div(
        rx.el.p(VerifyState.notice, role="status", class_name="notice"),
        sent_to(),
        mail_troubles(),
        _lost(),
        _form(),
        _resend(),
        rx.el.p(
            link(_("Sign in"), href=addresses.SIGN_IN.path, class_name="link"),
            " · ",
            link(_("Sign up again"), href=addresses.SIGN_UP.path, class_name="link"),
            class_name="sheet-foot",
        ),
    )


def _already_verified() -> rx.Component:
    """Render the way on for a link that has done its work before."""
    return rx.el.div(
        rx.el.p(VerifyState.errors["form"], role="alert", class_name="notice"),
        button_link(_("Sign in"), addresses.SIGN_IN.path),
        class_name="grid gap-5",
    )


def _lost() -> rx.Component:
    """Render what to do next when this browser hasn't started a sign-up."""
    return rx.cond(
        VerifyState.loaded & ~VerifyState.known,
        rx.el.p(
            _(
                "No sign-up was started in this browser. Open the link in your email, or sign "
                "in to get a new code."
            ),
            class_name="notice without-link",
        ),
        rx.fragment(),
    )


def _form() -> rx.Component:
    return post_form(
        rx.el.p(
            _("One last step: confirm your account."),
            class_name="soft with-link",
        ),
        _code(),
        errors_for("code", VerifyState.errors["code"]),
        _password(),
        pasted_link_with_password(_("Signed up in another browser?"), password=_("Password")),
        _username(),
        errors_for("form", VerifyState.errors["form"]),
        # The script fills it in when it submits the form natively.
        rx.el.input(type="hidden", name="sign_up"),
        submit(_("Verify"), busy=VerifyState.busy, class_name="button-wide"),
        id="verify-form",
        on_submit=VerifyState.submit,
        is_native=True,
        data_sign_up=_sign_up(),
    )


def _sign_up() -> rx.Var[str]:
    known: rx.Var[str] = rx.cond(VerifyState.loaded & ~VerifyState.known, "elsewhere", "here")
    return known


def _code() -> rx.Component:
    return rx.el.div(
        field(
            "code",
            _("Verification code"),
            input_mode="numeric",
            auto_complete="one-time-code",
            auto_focus=True,
            data_sends_at="6",
            hint=_("6 digits, valid for 15 minutes."),
            error=VerifyState.errors["code"],
            with_errors=False,
            class_name="box-code",
        ),
        class_name="without-link",
    )


def _password() -> rx.Component:
    """Render the password field, needed if the link is opened in a different browser."""
    return rx.cond(
        (VerifyState.loaded & ~VerifyState.known) | VerifyState.needs_password,
        rx.el.div(
            password_field(
                _("Password"),
                autocomplete="current-password",
                hint=_("The one you signed up with."),
                error=VerifyState.errors["password"],
            ),
            class_name="with-link",
        ),
        rx.fragment(),
    )


def _username() -> rx.Component:
    return rx.cond(
        VerifyState.needs_username,
        rx.el.div(
            rx.el.p(
                _("Someone just took that username. Pick another; the rest is saved."),
                role="status",
                class_name="notice notice-warn",
            ),
            field(
                "username",
                _("Username"),
                auto_complete="username",
                auto_capitalize="none",
                spell_check=False,
                hint=_("2–20 letters, numbers or underscores."),
                error=VerifyState.errors["username"],
            ),
            class_name="grid gap-5",
        ),
        rx.fragment(),
    )


def _resend() -> rx.Component:
    """Render the resend button; the script counts down the seconds until it can be used."""
    return rx.el.div(
        rx.el.span(_("Can't find it? Check your spam folder."), class_name="hint"),
        rx.el.button(
            rx.el.span(_("Resend code")),
            rx.el.span("", custom_attrs={"data-countdown": ""}),
            type="button",
            on_click=VerifyState.resend,
            data_wait=VerifyState.resend_wait,
            class_name="button button-quiet scripts-only",
        ),
        rx.el.noscript(
            rx.el.button(
                _("Resend code"),
                type="submit",
                form="verify-form",
                name="resend",
                value="yes",
                class_name="button button-quiet",
            )
        ),
        class_name="resend",
        data_sign_up=_sign_up(),
    )
