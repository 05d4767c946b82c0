"""The pages that confirm or undo a change of email address, with a button.

Opening the link isn't enough, because email scanners open every link they find.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.addresses import DASHBOARD, FORGOT_PASSWORD, SETTINGS
from anonmsg.components.buttons import submit
from anonmsg.components.frame.frame import bare
from anonmsg.components.links import link
from anonmsg.components.pasted_link import pasted_link
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.pages.email_link.state import EmailLinkState


def confirm_email() -> rx.Component:
    """Render the page at `/confirm-email`."""
    return _page(
        _("Confirm your new email"),
        _("Press the button to use this email for your account."),
        _("Confirm"),
        EmailLinkState.confirm,
        done=_("Done. This is your email now."),
        then=link(_("Go to your inbox"), href=DASHBOARD.path, class_name="link"),
    )


def undo_email() -> rx.Component:
    """Render the page at `/undo-email`."""
    return _page(
        _("Change your email back"),
        _("Press the button to undo the change. This signs you out everywhere."),
        _("Undo the change"),
        EmailLinkState.undo,
        done=_("Done. Your old email is back, and you're signed out everywhere."),
        then=link(_("Choose a new password"), href=FORGOT_PASSWORD.path, class_name="link"),
    )


def _page(
    title: str, words: str, label: str, on_submit: Any, *, done: str, then: rx.Component
) -> rx.Component:
    form = post_form(
        rx.el.p(words, class_name="soft with-link pasteable"),
        rx.el.p(_("Open this page from the link in your email."), class_name="notice without-link"),
        rx.el.p(EmailLinkState.error, role="alert", class_name="notice notice-bad"),
        pasted_link(),
        rx.el.div(
            submit(label, busy=EmailLinkState.busy, class_name="button-wide"),
            class_name="with-link pasteable",
        ),
        id="email-link-form",
        on_submit=on_submit,
        is_native=True,
    )
    return bare(
        rx.el.h1(title, class_name="headline"),
        rx.cond(EmailLinkState.done, rx.el.p(done, role="status", class_name="notice"), form),
        rx.cond(EmailLinkState.done, rx.el.p(then, class_name="sheet-foot"), rx.fragment()),
        rx.cond(
            EmailLinkState.error,
            rx.el.p(
                link(_("Go to your settings"), href=SETTINGS.path, class_name="link"),
                class_name="sheet-foot",
            ),
            rx.fragment(),
        ),
    )
