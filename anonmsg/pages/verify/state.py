"""The state of the page that takes the code or the emailed link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.errors import AppError, PasswordNeeded, SignUpNotFound, TooManyAttempts, UsernameTaken
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.pages.sign_up.state import SignUpState
from anonmsg.runtime.runtime import current, run, run_hashing
from anonmsg.services.accounts import sign_ups, verifications


class VerifyState(FormState, rx.State):
    """The state of the verification form."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = (
        *("notice", "verified_notice"),
        *("needs_username", "needs_password"),
    )

    notice: str = ""
    known: bool = False
    loaded: bool = False
    mail_delayed: bool = False
    resend_wait: int = 0
    needs_username: bool = False
    needs_password: bool = False
    # Shown on the sign-in page, where a verified person goes next.
    verified_notice: str = ""

    @rx.event
    async def load(self) -> None:
        """Look up the status of this browser's sign-up."""
        is_new = await self._reset_if_new_page()
        await self._look()
        if is_new and self.known:
            self.notice = _("User registered successfully. Please verify your email")
        self.loaded = True

    @rx.event
    async def look_again(self) -> None:
        """Check whether the email is on its way or delayed."""
        await self._look()

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
        except TooManyAttempts as refusal:
            self.errors, self.notice = refusal.by_field(), ""
            self.resend_wait = int(refusal.wait.total_seconds())
        except AppError as refusal:
            self.errors, self.notice = refusal.by_field(), ""

    def _refuse(self, refusal: AppError) -> None:
        super()._refuse(refusal)
        self.needs_username = self.needs_username or isinstance(refusal, UsernameTaken)
        # This browser may have started a different sign-up from the link's.
        self.needs_password = self.needs_password or isinstance(refusal, PasswordNeeded)

    async def _look(self) -> None:
        browser = (await self.get_state(SignUpState)).browser
        try:
            pending = await run(sign_ups.pending, browser=browser)
        except SignUpNotFound:
            self.known, self.mail_delayed, self.resend_wait = False, False, 0
            return
        current().hub.watch(pending.topic, visitor.tab_of(self))
        self.known = True
        self.mail_delayed = pending.mail == "delayed"
        self.resend_wait = pending.resend_wait

    async def _verify(self, typed: Typed) -> Any:
        asked: Typed = {
            "browser": (await self.get_state(SignUpState)).browser,
            "username": typed.get("username"),
            "network": visitor.network_of(self),
        }
        if link := typed.get("link"):
            asked |= {"link": link, "password": typed.get("password")}
            await run_hashing(verifications.by_link, **asked)
        else:
            await run(verifications.by_code, code=typed.get("code"), **asked)
        self.notice = ""
        self.verified_notice = _("Account verified successfully")
        (await self.get_state(SignUpState)).browser = ""
        return rx.redirect(addresses.SIGN_IN.path)
