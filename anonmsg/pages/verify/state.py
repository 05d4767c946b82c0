"""The state of the page that takes the code or the emailed link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.errors import (
    AlreadyVerified,
    AppError,
    PasswordNeeded,
    SignUpNotFound,
    TooManyAttempts,
    UsernameTaken,
)
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.pages.sign_up.state import SignUpState
from anonmsg.runtime.hashing import Share
from anonmsg.runtime.runtime import current, run, run_hashing
from anonmsg.services.accounts import corrections, sign_ups, verifications


class VerifyState(FormState, rx.State):
    """The state of the verification form."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = (
        *("notice", "verified_notice", "already_verified"),
        *("needs_username", "needs_password", "changes_email"),
    )

    notice: str = ""
    known: bool = False
    loaded: bool = False
    email: str = ""
    mail_delayed: bool = False
    mail_failed: bool = False
    resend_wait: int = 0
    needs_username: bool = False
    needs_password: bool = False
    # Whether the form for another email address is open.
    changes_email: bool = False
    # Whether the link that was opened has done its work before.
    already_verified: bool = False
    # Shown on the sign-in page, where a verified person goes next.
    verified_notice: str = ""
    verified_name: str = ""

    @rx.event
    async def load(self) -> Any:
        """Look up the status of this browser's sign-up."""
        is_new = await self._reset_if_new_page()
        event = await self._look()
        sign_up = await self.get_state(SignUpState)
        if is_new and self.known and sign_up.has_just_begun:
            self.notice = _("User registered successfully. Please verify your email")
        sign_up.has_just_begun = False
        self.loaded = True
        return event

    @rx.event
    async def look_again(self) -> Any:
        """Check what became of the email, and whether another tab has verified."""
        return await self._look()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Verify with the link if one was opened, otherwise with the code."""
        async for step in self._answer(form, self._verify):
            yield step

    @rx.event
    async def resend(self) -> AsyncIterator[Any]:
        """Send a new code."""
        await self._reset_if_new_page()
        # The countdown on the page restarts only when its value changes.
        # The old notice stays until the new one replaces it: removing it would
        # shift the page under the second click of a double click.
        self.errors, self.resend_wait = {}, 0
        yield
        try:
            browser = (await self.get_state(SignUpState)).browser
            self.resend_wait = await run(sign_ups.resend, browser=browser)
            self.notice = _("We've sent a new code. The old one no longer works.")
            self.mail_failed = False
        except TooManyAttempts as refusal:
            self.errors, self.notice = refusal.by_field(), ""
            self.resend_wait = int(refusal.wait.total_seconds())
        except AppError as refusal:
            self.errors, self.notice = refusal.by_field(), ""

    @rx.event
    async def ask_for_email(self) -> None:
        """Open or close the form for another email address."""
        await self._reset_if_new_page()
        self.changes_email = not self.changes_email

    @rx.event
    async def change_email(self, form: Any) -> AsyncIterator[Any]:
        """Send a new code to another address; username and password stay."""

        async def change(typed: Typed) -> Any:
            sign_up = await self.get_state(SignUpState)
            sign_up.browser = await run(
                corrections.change_email,
                browser=sign_up.browser,
                email=typed.get("email"),
                network=visitor.network_of(self),
            )
            self.changes_email = False
            self.notice = _("We've sent a new code. The old one no longer works.")
            # The form that had the focus is gone.
            return await self._look() or rx.set_focus("code")

        async for step in self._answer(form, change):
            yield step

    def _refuse(self, refusal: AppError) -> None:
        super()._refuse(refusal)
        self.needs_username = self.needs_username or isinstance(refusal, UsernameTaken)
        # This browser may have started a different sign-up from the link's.
        self.needs_password = self.needs_password or isinstance(refusal, PasswordNeeded)
        self.already_verified = isinstance(refusal, AlreadyVerified)

    async def _look(self) -> Any:
        """Show what became of the sign-up; move on if another tab has verified it."""
        sign_up = await self.get_state(SignUpState)
        try:
            pending = await run(sign_ups.pending, browser=sign_up.browser)
        except AlreadyVerified:
            # The name stays from the last look; a tab that never looked knows none.
            return self._move_on(sign_up, self.verified_name)
        except SignUpNotFound:
            self.known, self.mail_delayed, self.resend_wait = False, False, 0
            self.email, self.mail_failed = "", False
            return None
        current().hub.watch(pending.topic, visitor.tab_of(self))
        self.known, self.email, self.verified_name = True, pending.email, pending.username
        self.mail_delayed = pending.mail == "delayed"
        self.mail_failed = pending.mail == "failed"
        self.resend_wait = pending.resend_wait
        return None

    async def _verify(self, typed: Typed) -> Any:
        sign_up = await self.get_state(SignUpState)
        asked: Typed = {
            "browser": sign_up.browser,
            "username": typed.get("username"),
            "network": visitor.network_of(self),
        }
        if link := typed.get("link"):
            asked |= {"link": link, "password": typed.get("password")}
            name = await run_hashing(
                verifications.by_link, Share.of_network(visitor.network_of(self)), **asked
            )
        else:
            name = await run(verifications.by_code, code=typed.get("code"), **asked)
        return self._move_on(sign_up, name)

    def _move_on(self, sign_up: SignUpState, name: str) -> Any:
        """Go on to the sign-in page, where the name is filled in."""
        self.notice, self.known = "", False
        self.verified_notice = _("Account verified successfully")
        self.verified_name = name
        sign_up.browser = ""
        return rx.redirect(addresses.SIGN_IN.path)
