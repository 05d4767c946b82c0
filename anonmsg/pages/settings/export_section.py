"""The section of the settings page that exports the owner's data."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for, password_field
from anonmsg.components.post_form import post_form
from anonmsg.locale import _
from anonmsg.pages.settings.sections import section


def export() -> rx.Component:
    """Render a native form, because only an HTTP response can be a file.

    The script asks for the refusal first (`download.js`), so that it shows under the field.
    """
    return section(
        "data",
        None,
        post_form(
            password_field(
                _("Current password"),
                autocomplete="current-password",
                id="export-password",
                hint=_("Only needed if you signed in more than 5 minutes ago."),
                required=False,
            ),
            errors_for("form", of="export-form"),
            submit(_("Download everything"), kind="quiet"),
            id="export-form",
            action=addresses.EXPORT.path,
            custom_attrs={"data-download": "true"},
        ),
        hint=_("Your profile, messages and sign-ins in one ZIP: web page, CSV and JSON."),
    )
