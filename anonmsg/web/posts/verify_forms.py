"""The forms of the verification page without scripts."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from anonmsg import addresses
from anonmsg.locale import _
from anonmsg.web.posts import plain_forms
from anonmsg.web.posts.browser_ids import FIELD
from anonmsg.web.posts.pasted_links import secret_in

Typed = Mapping[str, str]


def code_form(typed: Typed, errors: Typed) -> Markup:
    """Return the form for the code; a code that was typed never comes back."""
    return plain_forms.form(
        addresses.VERIFY.path,
        plain_forms.box(
            "code",
            _("Verification code"),
            errors=errors,
            autocomplete="one-time-code",
            hint=_("6 digits, valid for 15 minutes."),
        ),
        _username_box(typed, errors),
        plain_forms.hidden(FIELD, typed.get(FIELD, "")),
        label=_("Verify"),
    )


def link_form(typed: Typed, errors: Typed) -> Markup:
    """Return the form for the emailed link, which any browser may send with the password."""
    # Only a good link can be refused for a password or a username; another is asked for.
    link = secret_in(typed) if {"password", "username"} & errors.keys() else ""
    asks = not link or "password" in errors or bool(typed.get("password"))
    parts = [
        plain_forms.hidden("link", link)
        or plain_forms.box("link", _("Link from the email"), errors=errors),
        plain_forms.password_box(
            _("Password"),
            errors=errors,
            autocomplete="current-password",
            hint=_("The one you signed up with."),
        )
        if asks
        else Markup(""),
        _username_box(typed, errors),
        plain_forms.hidden(FIELD, typed.get(FIELD, "")),
    ]
    return plain_forms.form(addresses.VERIFY.path, *parts, label=_("Verify"))


def email_form(typed: Typed, errors: Typed) -> Markup:
    """Return the form for another address, which keeps the username and the password."""
    return plain_forms.form(
        addresses.VERIFY.path,
        plain_forms.box(
            "email",
            _("Change email"),
            errors=errors,
            value=typed.get("email", ""),
            kind="email",
            autocomplete="email",
            hint=_("Your username and password stay the same."),
        ),
        plain_forms.hidden(FIELD, typed.get(FIELD, "")),
        label=_("Send a new code"),
        name="change_email",
    )


def _username_box(typed: Typed, errors: Typed) -> Markup:
    """Return the box for another username, once the first one has been lost."""
    if "username" not in errors and not typed.get("username"):
        return Markup("")
    return plain_forms.box(
        "username",
        _("Username"),
        errors=errors,
        value=typed.get("username", ""),
        autocomplete="username",
        hint=_("2–20 letters, numbers or underscores."),
    )


def resend_form(browser: str) -> Markup:
    """Return the button for another code."""
    return plain_forms.form(
        addresses.VERIFY.path,
        plain_forms.hidden(FIELD, browser),
        label=_("Resend code"),
        name="resend",
    )
