"""The settings page: an owner's page, account, sign-in and data, with a list of them."""

from __future__ import annotations

import reflex as rx

from anonmsg import addresses
from anonmsg.components.frame.frame import framed, needs_scripts
from anonmsg.components.frame.navigation import owners_header
from anonmsg.locale import _
from anonmsg.pages.settings.account_sections import email, username
from anonmsg.pages.settings.delete_account.delete_account_section import delete_account
from anonmsg.pages.settings.delivery.delivery_sections import (
    delivery,
    keep_messages,
    quiet_hours,
    storm_brake,
    time_zone,
)
from anonmsg.pages.settings.export_section import export
from anonmsg.pages.settings.notifications.notifications_section import notifications
from anonmsg.pages.settings.profile_section import profile
from anonmsg.pages.settings.sections import group, section_links
from anonmsg.pages.settings.security_sections import password, sessions
from anonmsg.pages.settings.two_factor.two_factor_section import two_factor


def settings() -> rx.Component:
    """Render the page at `/settings`; each group has an address of its own, its fragment."""
    groups = {
        "page": (_("Your page"), [profile()]),
        "delivery": (
            _("Delivery"),
            [
                delivery(),
                quiet_hours(),
                time_zone(),
                storm_brake(),
                keep_messages(),
            ],
        ),
        "notifications": (_("Notifications"), [notifications()]),
        "account": (_("Account"), [username(), email()]),
        "security": (_("Security"), [password(), two_factor(), sessions()]),
        "data": (_("Your data"), [export(), delete_account()]),
    }
    return framed(
        rx.el.div(
            rx.el.h1(_("Settings"), class_name="headline"),
            needs_scripts(),
            rx.el.div(
                section_links({name: heading for name, (heading, _parts) in groups.items()}),
                rx.el.div(
                    *(group(name, heading, *parts) for name, (heading, parts) in groups.items()),
                    class_name="setting-list",
                ),
                class_name="setting-columns",
            ),
            class_name="dashboard",
        ),
        header=owners_header(addresses.SETTINGS),
    )
