"""The section about the owner's public page: what it says about them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.fields import errors_for, field
from anonmsg.components.slots import filled_later
from anonmsg.locale import _
from anonmsg.pages.settings.sections import section, settings_form
from anonmsg.pages.settings.state import SettingsState


def profile() -> rx.Component:
    """Render the form for the display name, the prompt and the bio.

    The script fills in what is kept, so that nothing typed before it's known is lost,
    nor what is typed while a change is being saved.
    """
    return section(
        "page",
        None,
        settings_form(
            "profile",
            *(
                filled_later(name, value)
                for name, value in (
                    ("display_name", SettingsState.display_name),
                    ("prompt", SettingsState.prompt),
                    ("bio", SettingsState.bio),
                )
            ),
            field(
                "display_name",
                _("Display name"),
                required=False,
                auto_complete="nickname",
                hint=_("Shown above your username. Up to 50 characters."),
                error=SettingsState.errors["profile.display_name"],
            ),
            field(
                "prompt",
                _("Prompt"),
                required=False,
                auto_complete="off",
                placeholder=_("Ask me anything about…"),
                hint=_("What you'd like people to write about. Up to 80 characters."),
                error=SettingsState.errors["profile.prompt"],
            ),
            _bio(SettingsState.errors["profile.bio"]),
            label=_("Save"),
            on_submit=SettingsState.describe,
            state=SettingsState,
        ),
    )


def _bio(error: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(_("About you"), html_for="bio", class_name="label"),
        rx.el.textarea(
            id="bio",
            name="bio",
            rows="3",
            dir="auto",
            aria_describedby="bio-hint bio-error bio-refusal",
            aria_invalid=rx.cond(error, "true", "false"),
            class_name="box",
        ),
        rx.el.p(
            _("A line or two for people who open your page. Up to 200 characters."),
            id="bio-hint",
            class_name="hint",
        ),
        errors_for("bio", error),
        class_name="field",
    )
