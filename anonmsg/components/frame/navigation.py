"""The headers: the logo, and the navigation that fits whoever is looking at the page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Address
from anonmsg.components.frame.brand import home_link
from anonmsg.components.frame.state import FrameState
from anonmsg.components.icons import INBOX, PAGE, PERSON, SLIDERS, icon
from anonmsg.components.links import link
from anonmsg.components.sentences import UNTRANSLATED
from anonmsg.locale import _


def site_header() -> rx.Component:
    """Render the header for pages that differ when someone is signed in."""
    return _header(rx.cond(FrameState.signed_in, _for_owners(), _for_strangers()), _home())


def public_header() -> rx.Component:
    """Render the header for public pages, where strangers see nothing but the logo."""
    return _header(rx.cond(FrameState.signed_in, _for_owners(), rx.fragment()), _home())


def owners_header(current: Address) -> rx.Component:
    """Render the header for pages that only owners are served.

    It's the same from the first frame, and without scripts: it never claims that its
    reader has yet to sign in.

    Args:
        current: The page that the header is on.
    """
    return _header(_for_owners(current), addresses.DASHBOARD.path)


def header_for_either() -> rx.Component:
    """Render both headers for a page without React; the server says which one to show.

    See `Pages.lost`, which replaces the marker in `data-visitor`.
    """
    return rx.el.div(
        rx.el.div(_header(_for_strangers(), addresses.HOME.path), class_name="for-strangers"),
        rx.el.div(_header(_for_owners(), addresses.DASHBOARD.path), class_name="for-owners"),
        custom_attrs={"data-visitor": "stranger", "suppressHydrationWarning": True},
    )


def _home() -> rx.Var[str]:
    """Return where the logo leads: an owner's home is their inbox."""
    path: rx.Var[str] = rx.cond(FrameState.signed_in, addresses.DASHBOARD.path, addresses.HOME.path)
    return path


def _header(inside: rx.Component, home: str | rx.Var[str]) -> rx.Component:
    return rx.el.header(
        home_link(home),
        rx.el.nav(inside, aria_label=_("Account"), class_name="navigation"),
        class_name="header",
    )


def _for_strangers() -> rx.Component:
    return link(_("Sign in"), href=addresses.SIGN_IN.path, class_name="button button-quiet")


def _for_owners(current: Address | None = None) -> rx.Component:
    # Without a script, a path of its own leads to whoever's page it is.
    my_page = rx.cond(FrameState.me, addresses.public_path(FrameState.me), addresses.MY_PAGE.path)
    # The phone's bar has room for two words only.
    view = rx.fragment(
        rx.el.span(_("View my page"), class_name="where-there-is-room"),
        rx.el.span(_("My page"), class_name="where-there-is-little"),
    )
    return rx.el.div(
        _place(
            INBOX, _("Inbox"), addresses.DASHBOARD.path, is_current=current is addresses.DASHBOARD
        ),
        _place(
            SLIDERS,
            _("Settings"),
            addresses.SETTINGS.path,
            is_current=current is addresses.SETTINGS,
        ),
        _place(PAGE, view, my_page, is_current=False, aria_label=_("View my page")),
        _menu(),
        data_signed_in="true",
        class_name="places",
    )


def _place(
    outline: str, label: str | rx.Component, href: Any, *, is_current: bool, **props: Any
) -> rx.Component:
    if is_current:
        props["aria_current"] = "page"
    text = rx.el.span(label) if isinstance(label, str) else label
    return link(icon(outline), text, href=href, class_name="place", **props)


def _menu() -> rx.Component:
    """Render the account menu; without scripts, what it holds stands in the header."""
    return rx.el.div(
        rx.el.button(
            icon(PERSON),
            rx.el.span(_("Account")),
            type="button",
            aria_label=_("Account menu"),
            aria_expanded="false",
            aria_controls="account-menu",
            data_menu="true",
            class_name="place",
        ),
        rx.el.div(
            rx.cond(
                FrameState.me,
                rx.el.p(
                    _("Signed in as"),
                    " ",
                    rx.el.bdi(FrameState.me, custom_attrs=UNTRANSLATED, class_name="font-medium"),
                    class_name="hint menu-who",
                ),
                rx.fragment(),
            ),
            rx.el.form(
                rx.el.button(_("Sign out"), type="submit", class_name="button button-quiet"),
                method="post",
                action=addresses.SIGN_OUT.path,
                on_submit=None,
            ),
            id="account-menu",
            class_name="menu-panel",
        ),
        class_name="menu",
    )
