"""The sections about delivery: the time zone, when messages come, and how long they stay."""

from __future__ import annotations

import reflex as rx

from anonmsg.components.choices import choice_field, tick_field
from anonmsg.components.fields import field
from anonmsg.components.sentences import UNTRANSLATED, with_elements
from anonmsg.components.slots import filled_later, slot
from anonmsg.locale import _
from anonmsg.pages.settings.delivery.state import DeliveryState
from anonmsg.pages.settings.sections import section, settings_form

HOURS = {str(hour): f"{hour:02}:00" for hour in range(24)}


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


def delivery() -> rx.Component:
    """Render the form that sets when messages are delivered."""
    return section(
        "delivery-times",
        _("When messages come"),
        settings_form(
            "delivery",
            choice_field(
                "delivery_mode",
                _("Deliver messages"),
                {"now": _("Right away"), "hourly": _("Every hour"), "daily": _("Once a day")},
                value=DeliveryState.mode,
                error=DeliveryState.errors["delivery.delivery_mode"],
            ),
            choice_field(
                "delivery_hour",
                _("Deliver at"),
                HOURS,
                value=DeliveryState.hour,
                container="only-daily",
            ),
            tick_field("holds", _("Hold until 3 or more have come"), ticked=DeliveryState.holds),
            rx.el.p(
                _(
                    "What waits is in no folder and no count. It comes in mixed order, at one "
                    "time, after 7 days at most. Messages that were sent before a change come "
                    "as their senders were told."
                ),
                class_name="hint",
            ),
            label=_("Save delivery"),
            on_submit=DeliveryState.choose_delivery,
            state=DeliveryState,
        ),
        rx.cond(
            DeliveryState.page_says,
            rx.el.p(
                rx.el.span(_("Your page says:"), class_name="hint"),
                " ",
                rx.el.q(DeliveryState.page_says, dir="auto"),
                id="page-says",
            ),
            rx.fragment(),
        ),
        hint=_("Messages that wait can't be matched with the moment they were sent."),
    )


def quiet_hours() -> rx.Component:
    """Render the form that sets the hours in which nothing is delivered."""
    return section(
        "quiet",
        _("Quiet hours"),
        settings_form(
            "quiet",
            tick_field(
                "is_quiet", _("Deliver nothing in these hours"), ticked=DeliveryState.is_quiet
            ),
            rx.el.div(
                choice_field("quiet_from", _("From"), HOURS, value=DeliveryState.quiet_from),
                choice_field(
                    "quiet_to",
                    _("To"),
                    HOURS,
                    value=DeliveryState.quiet_to,
                    error=DeliveryState.errors["quiet.quiet_to"],
                ),
                class_name="two-choices",
            ),
            label=_("Save quiet hours"),
            on_submit=DeliveryState.choose_quiet_hours,
            state=DeliveryState,
        ),
        hint=_("Your page stays open. What is sent in these hours comes when they end."),
    )


def storm_brake() -> rx.Component:
    """Render the form that sets from how many messages a minute on more are held."""
    return section(
        "storm",
        _("Too many at once"),
        settings_form(
            "storm",
            choice_field(
                "storm_at",
                _("Storm brake"),
                {
                    "0": _("Off"),
                    "5": _("More than 5 a minute"),
                    "10": _("More than 10 a minute"),
                    "30": _("More than 30 a minute"),
                },
                value=DeliveryState.storm_at,
                error=DeliveryState.errors["storm.storm_at"],
            ),
            label=_("Save storm brake"),
            on_submit=DeliveryState.choose_brake,
            state=DeliveryState,
        ),
        hint=_(
            "What comes faster is held, and your inbox asks what to do with it. Nothing is "
            "refused, so nobody can close your page by flooding it."
        ),
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
