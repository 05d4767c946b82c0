"""The section of the settings page that turns two-factor sign-in on and off."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.buttons import button
from anonmsg.components.fields import field, password_field
from anonmsg.components.icons import COPY
from anonmsg.components.links import link
from anonmsg.components.slots import slot
from anonmsg.locale import _
from anonmsg.pages.settings.sections import section, settings_form
from anonmsg.pages.settings.two_factor.state import TwoFactorState as State


def two_factor() -> rx.Component:
    """Render the section; its forms' ids begin with `two-factor-`."""
    return section(
        "tf",
        _("Two-factor sign-in"),
        rx.el.p(
            State.said["two-factor"],
            id="two-factor-said",
            role="status",
            tab_index=-1,
            class_name="notice",
        ),
        rx.cond(State.loaded, rx.cond(State.is_on, _on(), _off()), rx.fragment()),
        hint=_("Signing in also takes a code from your phone, so a stolen password isn't enough."),
    )


def _off() -> rx.Component:
    begin = settings_form(
        "two-factor-begin",
        _password_if_needed("two-factor-begin"),
        label=_("Set up"),
        on_submit=State.begin,
        state=State,
    )
    return rx.cond(State.secret, _setup(), begin)


def _on() -> rx.Component:
    return rx.cond(State.codes, _codes(), rx.el.div(_renew(), _turn_off(), class_name="grid gap-8"))


def _setup() -> rx.Component:
    return rx.el.div(
        rx.el.p(_("1. Scan this code with an authenticator app, or type in the key.")),
        rx.el.div(
            rx.el.img(
                src=State.picture,
                alt=_("QR code for your authenticator app"),
                width="168",
                height="168",
                class_name="code",
            ),
            link(_("Open the app on this device"), href=State.app_link, class_name="link link-row"),
            class_name="flex flex-wrap items-center gap-5",
        ),
        _secret(),
        rx.el.p(
            _(
                "2. Enter the code from the app. If it's refused, check that your phone's "
                "clock is right."
            )
        ),
        settings_form(
            "two-factor-turn-on",
            field(
                "code",
                _("Code from the app"),
                id="two-factor-code",
                input_mode="numeric",
                auto_complete="one-time-code",
                auto_focus=True,
                error=State.errors["two-factor-turn-on.code"],
                class_name="box-code",
            ),
            _password_if_needed("two-factor-turn-on"),
            label=_("Turn on"),
            on_submit=State.turn_on,
            state=State,
        ),
        _done(_("Cancel"), then="two-factor-said"),
        class_name="grid gap-5",
    )


def _secret() -> rx.Component:
    return rx.el.div(
        rx.el.label(_("Key"), html_for="two-factor-secret", class_name="label"),
        rx.el.div(
            rx.el.textarea(
                id="two-factor-secret",
                value=State.secret,
                read_only=True,
                rows="2",
                dir="ltr",
                spell_check=False,
                class_name="box font-mono",
            ),
            button(
                _("Copy key"),
                kind="quiet",
                outline=COPY,
                data_copy="two-factor-secret",
                data_copied=_("Key copied"),
            ),
            class_name="share-row",
        ),
        slot(role="status", class_name="said", data_copy_said="two-factor-secret"),
        class_name="field min-w-0",
    )


def _codes() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            _(
                "Save these recovery codes somewhere other than your phone. Each works once. "
                "We won't show them again."
            ),
        ),
        rx.el.div(
            rx.el.label(_("Recovery codes"), html_for="two-factor-codes", class_name="label"),
            rx.el.textarea(
                id="two-factor-codes",
                value=State.codes,
                read_only=True,
                rows="10",
                dir="ltr",
                auto_focus=True,
                spell_check=False,
                class_name="box font-mono",
            ),
            slot(role="status", class_name="said", data_copy_said="two-factor-codes"),
            class_name="field",
        ),
        rx.el.div(
            button(
                _("Copy codes"),
                outline=COPY,
                data_copy="two-factor-codes",
                data_copied=_("Codes copied"),
            ),
            link(
                _("Download codes"),
                href=State.codes_file,
                download="anonmsg-recovery-codes.txt",
                class_name="button button-quiet",
            ),
            _done(_("Done"), then="two-factor-heading"),
            class_name="flex flex-wrap gap-3",
        ),
        class_name="grid gap-5",
    )


def _renew() -> rx.Component:
    return settings_form(
        "two-factor-renew",
        rx.el.p(_("It's on. Recovery codes left:"), " ", State.codes_left),
        _password_if_needed("two-factor-renew"),
        label=_("New recovery codes"),
        on_submit=State.renew_codes,
        state=State,
        kind="quiet",
    )


def _turn_off() -> rx.Component:
    return settings_form(
        "two-factor-turn-off",
        password_field(
            _("Current password"),
            autocomplete="current-password",
            id="two-factor-turn-off-password",
            error=State.errors["two-factor-turn-off.password"],
        ),
        label=_("Turn off two-factor sign-in"),
        on_submit=State.turn_off,
        state=State,
        kind="danger",
    )


def _password_if_needed(form: str) -> rx.Component:
    return rx.cond(
        State.needs_password,
        password_field(
            _("Current password"),
            autocomplete="current-password",
            id=f"{form}-password",
            auto_focus=True,
            error=State.errors[f"{form}.password"],
        ),
        rx.fragment(),
    )


def _done(label: str, *, then: str) -> rx.Component:
    return rx.el.div(button(label, kind="quiet", on_click=State.done, data_then_focus=then))
