"""Lists every page: route, title, description and states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.components.frame.state import FrameState
from anonmsg.errors import N_
from anonmsg.locale import _
from anonmsg.pages import not_found, privacy
from anonmsg.pages.dashboard.page import dashboard
from anonmsg.pages.dashboard.state import DashboardState
from anonmsg.pages.dashboard.storm.state import StormState
from anonmsg.pages.email_link.page import confirm_email, undo_email
from anonmsg.pages.email_link.state import EmailLinkState
from anonmsg.pages.forgot_password.page import forgot
from anonmsg.pages.forgot_password.state import ForgotPasswordState
from anonmsg.pages.home.page import home
from anonmsg.pages.leaving.page import leaving
from anonmsg.pages.leaving.state import LeavingState
from anonmsg.pages.public_page.page import public_page, title
from anonmsg.pages.public_page.state import PublicPageState
from anonmsg.pages.reset_password.page import reset
from anonmsg.pages.reset_password.state import ResetPasswordState
from anonmsg.pages.settings.delete_account.state import DeleteAccountState
from anonmsg.pages.settings.delivery.state import DeliveryState
from anonmsg.pages.settings.notifications.state import NotificationsState
from anonmsg.pages.settings.page import settings
from anonmsg.pages.settings.state import SettingsState
from anonmsg.pages.settings.two_factor.state import TwoFactorState
from anonmsg.pages.sign_in.page import sign_in
from anonmsg.pages.sign_up.page import sign_up
from anonmsg.pages.sign_up.state import SignUpState
from anonmsg.pages.verify.page import verify
from anonmsg.pages.verify.state import VerifyState


@dataclass(frozen=True)
class Page:
    """What the app needs to add a page; its title and description are translated later."""

    route: str
    build: Callable[[], rx.Component]
    title: str | Callable[[], rx.Var[str]]
    description: str
    # The states whose load handlers run when the page opens, in this order.
    states: Sequence[Any] = ()

    @property
    def on_load(self) -> list[Any]:
        """The load handlers that Reflex runs when the page opens."""
        return [state.load for state in self.states]

    def translated_title(self) -> str | rx.Var[str]:
        """Return the document's title in the current language."""
        return _(self.title) if isinstance(self.title, str) else self.title()

    def translated_description(self) -> str:
        """Return the description in the current language; gettext translates "" to its header."""
        return _(self.description) if self.description else ""


PAGES = [
    Page(
        addresses.HOME.reflex_route,
        home,
        N_("anonmsg · anonymous messages, one link"),
        N_("Share one link. Anyone can leave you a message, no name needed."),
        [FrameState],
    ),
    Page(
        addresses.SIGN_UP.reflex_route,
        sign_up,
        N_("Sign up · anonmsg"),
        N_("Create a page where anyone can leave you an anonymous message."),
        [SignUpState],
    ),
    Page(
        addresses.VERIFY.reflex_route,
        verify,
        N_("Verify · anonmsg"),
        N_("Enter the code from your email."),
        [VerifyState],
    ),
    Page(
        addresses.SIGN_IN.reflex_route,
        sign_in,
        N_("Sign in · anonmsg"),
        N_("Sign in to read your messages."),
    ),
    Page(
        addresses.FORGOT_PASSWORD.reflex_route,
        forgot,
        N_("Forgot your password? · anonmsg"),
        N_("Get a link to set a new password."),
        [ForgotPasswordState],
    ),
    Page(
        addresses.RESET_PASSWORD.reflex_route,
        reset,
        N_("Choose a new password · anonmsg"),
        N_("Set a new password with the link from your email."),
        [ResetPasswordState],
    ),
    Page(
        addresses.DASHBOARD.reflex_route,
        dashboard,
        N_("Inbox · anonmsg"),
        N_("Your messages and your public link."),
        [FrameState, DashboardState, StormState],
    ),
    Page(
        addresses.SETTINGS.reflex_route,
        settings,
        N_("Settings · anonmsg"),
        N_("Your page, your account, and where you're signed in."),
        [
            *(FrameState, SettingsState, DeliveryState, NotificationsState),
            *(TwoFactorState, DeleteAccountState),
        ],
    ),
    Page(
        addresses.LEAVING.reflex_route,
        leaving,
        N_("Keep your account? · anonmsg"),
        N_("Keep your account, or delete it as planned."),
        [LeavingState],
    ),
    Page(
        addresses.CONFIRM_EMAIL.reflex_route,
        confirm_email,
        N_("Confirm your email · anonmsg"),
        N_("Use a different email for your account."),
        [EmailLinkState],
    ),
    Page(
        addresses.UNDO_EMAIL.reflex_route,
        undo_email,
        N_("Undo the change · anonmsg"),
        N_("Change your email back."),
        [EmailLinkState],
    ),
    Page(
        addresses.PUBLIC_PAGE.reflex_route,
        public_page,
        title,
        # The server writes one for each owner (`web/prerendered/pages.py`).
        "",
        [PublicPageState, FrameState],
    ),
    Page(
        addresses.PRIVACY.reflex_route,
        privacy.privacy,
        N_("Privacy · anonmsg"),
        N_("What we keep, what we don't, and who can read it."),
        [FrameState],
    ),
    Page(
        "404",
        not_found.not_found,
        N_("Page not found · anonmsg"),
        N_("This page doesn't exist."),
    ),
]

# The state classes whose handlers may be called.
STATES = list(dict.fromkeys(state for page in PAGES for state in page.states))

__all__ = ["PAGES", "STATES", "Page"]
