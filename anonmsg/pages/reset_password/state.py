"""The state of the page that sets a new password with an emailed link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.errors import AppError, LinkExpired
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime.hashing import Share
from anonmsg.runtime.runtime import run_hashing
from anonmsg.services.accounts import password_resets


class ResetPasswordState(FormState, rx.State):
    """The state of the new-password form."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = ("link_expired", "changed_notice")

    link_expired: bool = False
    # Shown on the sign-in page, where the person goes next.
    changed_notice: str = ""

    @rx.event
    async def load(self) -> None:
        """Start with an empty form."""
        await self._reset_if_new_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Set the new password and redirect to the sign-in page."""
        await self._reset_if_new_page()
        self.link_expired = False
        async for step in self._answer(form, self._reset):
            yield step

    async def _reset(self, typed: Typed) -> Any:
        await run_hashing(
            password_resets.reset,
            Share.of_network(visitor.network_of(self)),
            link=typed.get("link"),
            password=typed.get("password"),
            network=visitor.network_of(self),
        )
        # The reset may have ended this tab's own session. Reset the tab now, or
        # its next event would wipe the notice too.
        await visitor.reset_if_signed_out(self)
        self.changed_notice = _("Your password is changed. Sign in to continue.")
        return rx.redirect(addresses.SIGN_IN.path)

    def _refuse(self, refusal: AppError) -> None:
        super()._refuse(refusal)
        self.link_expired = isinstance(refusal, LinkExpired)
