"""Where the code went: the address, another one instead, and what became of the email."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for, field
from anonmsg.components.post_form import post_form
from anonmsg.components.sentences import UNTRANSLATED, with_elements
from anonmsg.locale import _
from anonmsg.pages.verify.state import VerifyState


def sent_to() -> rx.Component:
    """Render the address that the code went to, and the way to another one."""
    return rx.cond(
        VerifyState.known,
        rx.el.div(
            rx.el.p(
                *with_elements(
                    _("We sent a 6-digit code to {email}."),
                    email=rx.el.strong(VerifyState.email, dir="auto", custom_attrs=UNTRANSLATED),
                ),
                class_name="soft address",
            ),
            rx.el.button(
                _("Change email"),
                type="button",
                on_click=VerifyState.ask_for_email,
                aria_expanded=rx.cond(VerifyState.changes_email, "true", "false"),
                class_name="link-button",
            ),
            rx.cond(VerifyState.changes_email, _other_email(), rx.fragment()),
            class_name="sent-to without-link",
        ),
        rx.fragment(),
    )


def _other_email() -> rx.Component:
    return post_form(
        field(
            "email",
            _("Email"),
            type="email",
            input_mode="email",
            auto_complete="email",
            auto_capitalize="none",
            spell_check=False,
            auto_focus=True,
            hint=_("Your username and password stay the same."),
            error=VerifyState.errors["email"],
        ),
        errors_for("form", VerifyState.errors["form"], of="change-email"),
        # For the native POST; the script fills the second one in.
        rx.el.input(type="hidden", name="change_email", value="yes"),
        rx.el.input(type="hidden", name="sign_up"),
        submit(_("Send a new code"), busy=VerifyState.busy, kind="quiet"),
        id="change-email-form",
        on_submit=VerifyState.change_email,
        is_native=True,
    )


def mail_troubles() -> rx.Component:
    """Render what to do if the email is late, or will never arrive."""
    return rx.el.div(
        rx.cond(
            VerifyState.mail_delayed,
            _trouble(_("We couldn't deliver the email yet. We'll keep trying.")),
            rx.fragment(),
        ),
        rx.cond(
            VerifyState.mail_failed,
            _trouble(_("We can't deliver email to this address. Check it, or use another one.")),
            rx.fragment(),
        ),
    )


def _trouble(sentence: str) -> rx.Component:
    return rx.el.p(sentence, role="status", class_name="notice notice-warn")
