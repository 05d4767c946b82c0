"""The sections about delivery: the time zone, and how long messages are kept."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.choices import choice_field, tick_field
from anonmsg.components.fields import field
from anonmsg.components.sentences import UNTRANSLATED, with_elements
from anonmsg.components.slots import filled_later, slot
from anonmsg.locale import _
from anonmsg.pages.settings.delivery.state import DeliveryState
from anonmsg.pages.settings.sections import section, settings_form


def time_zone() -> rx.Component:
    """Render the form that sets the time zone; the browser's own is suggested."""
    current = rx.el.bdi(
        rx.cond(DeliveryState.time_zone, DeliveryState.time_zone, "UTC"), custom_attrs=UNTRANSLATED
    )
    return section(
        "zone",
        _("Time zone"),
        settings_form(
            "zone",
            filled_later("time_zone", DeliveryState.time_zone),
            rx.cond(
                DeliveryState.loaded & (DeliveryState.time_zone == ""),
                rx.el.span(hidden=True, data_suggests_zone="time_zone"),
                rx.fragment(),
            ),
            field(
                "time_zone",
                _("Your time zone"),
                auto_complete="off",
                auto_capitalize="none",
                spell_check=False,
                list="time-zones",
                placeholder="Europe/Berlin",
                hint=_("Days and hours are of this zone. Your page may show its offset from UTC."),
                error=DeliveryState.errors["zone.time_zone"],
            ),
            # The script lists the zones that the browser knows.
            slot(rx.el.datalist, id="time-zones"),
            label=_("Save time zone"),
            on_submit=DeliveryState.choose_time_zone,
            state=DeliveryState,
        ),
        hint=rx.fragment(*with_elements(_("Current: {zone}"), zone=current)),
    )


def keep_messages() -> rx.Component:
    """Render the form that sets for how long messages are kept."""
    return section(
        "retention",
        _("How long messages stay"),
        settings_form(
            "retention",
            choice_field(
                "keep_days",
                _("Keep messages"),
                {
                    "0": _("Forever"),
                    "30": _("For 30 days"),
                    "90": _("For 90 days"),
                    "365": _("For 365 days"),
                },
                value=DeliveryState.keep_days,
                error=DeliveryState.errors["retention.keep_days"],
            ),
            tick_field(
                "keep_starred", _("Keep starred messages"), ticked=DeliveryState.keep_starred
            ),
            label=_("Save how long"),
            on_submit=DeliveryState.keep_for,
            state=DeliveryState,
        ),
        rx.cond(
            DeliveryState.kept.at_most,
            rx.el.p(
                _("Whoever runs this site keeps no message longer than {n} days.").format(
                    n=DeliveryState.kept.at_most
                ),
                class_name="hint",
            ),
            rx.fragment(),
        ),
        hint=_("Older messages are deleted for good, whatever folder they're in."),
    )
