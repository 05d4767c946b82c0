"""Every page, and the address it answers to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from anonmsg.locale import _
from anonmsg.pages import (
    dashboard,
    email_link,
    forgot,
    home,
    not_found,
    privacy,
    public_page,
    reset,
    settings,
    sign_in,
    sign_up,
    verify,
)
from anonmsg.state.dashboard import DashboardState
from anonmsg.state.email_link import EmailLinkState
from anonmsg.state.forgot import ForgotState
from anonmsg.state.frame import FrameState
from anonmsg.state.leaving import LeavingState
from anonmsg.state.page import PageState
from anonmsg.state.reset import ResetState
from anonmsg.state.second_factor import SecondFactorState
from anonmsg.state.settings import SettingsState
from anonmsg.state.sign_up import SignUpState
from anonmsg.state.verify import VerifyState


@dataclass(frozen=True)
class Page:
    """What the app needs to know to put a page on."""

    route: str
    build: Callable[[], rx.Component]
    title: str | rx.Var[str]
    description: str
    on_load: list[Any] = field(default_factory=list)


PAGES = [
    Page(
        "/",
        home.home,
        _("anonmsg · messages without a sender"),
        _("Share one link. Anyone can tell you what they think, and nobody signs."),
        [FrameState.load],
    ),
    Page(
        "/sign-up",
        sign_up.sign_up,
        _("Sign up · anonmsg"),
        _("Create a page where anyone can leave you a message without a name."),
        [SignUpState.load],
    ),
    Page(
        "/verify",
        verify.verify,
        _("Verify · anonmsg"),
        _("Enter the code from your mail."),
        [VerifyState.load],
    ),
    Page(
        "/sign-in",
        sign_in.sign_in,
        _("Sign in · anonmsg"),
        _("Read what people left you."),
    ),
    Page(
        "/forgot-password",
        forgot.forgot,
        _("Forgot your password? · anonmsg"),
        _("Get a link to choose a new password."),
        [ForgotState.load],
    ),
    Page(
        "/reset-password",
        reset.reset,
        _("Choose a new password · anonmsg"),
        _("Choose a new password by the link from your mail."),
        [ResetState.load],
    ),
    Page(
        "/dashboard",
        dashboard.dashboard,
        _("Your inbox · anonmsg"),
        _("Your messages and your public link."),
        [FrameState.load, DashboardState.load],
    ),
    Page(
        "/settings",
        settings.settings,
        _("Settings · anonmsg"),
        _("Your page, your account, and where you are signed in."),
        [FrameState.load, SettingsState.load, SecondFactorState.load, LeavingState.load],
    ),
    Page(
        "/confirm-email",
        email_link.confirm_email,
        _("Confirm your address · anonmsg"),
        _("Use another email address for your account."),
        [EmailLinkState.load],
    ),
    Page(
        "/undo-email",
        email_link.undo_email,
        _("Undo the change · anonmsg"),
        _("Put your email address back."),
        [EmailLinkState.load],
    ),
    Page(
        "/u/[username]",
        public_page.public_page,
        public_page.title(),
        # The server says it for each person (`http/pages.py`).
        "",
        [PageState.load],
    ),
    Page(
        "/privacy",
        privacy.privacy,
        _("Privacy · anonmsg"),
        _("What anonmsg keeps, what it does not, and who can read it."),
        [FrameState.load],
    ),
    Page(
        "404",
        not_found.not_found,
        _("Nobody here · anonmsg"),
        _("This page does not exist."),
    ),
]

__all__ = ["PAGES", "Page"]
