"""The page that a mailed link opens, to choose a new password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.errors import AppError, LinkDead
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime.runtime import run_hashing
from anonmsg.services.accounts import password_resets


class ResetPasswordState(FormState, rx.State):
    """What the form for a new password shows."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = ("link_is_dead", "changed_notice")

    link_is_dead: bool = False
    # Told on the sign-in page, to which whoever has a new password goes on.
    changed_notice: str = ""

    @rx.event
    async def load(self) -> None:
        """Begin with an empty form."""
        await self._turn_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Set the new password and go to where one signs in with it."""
        await self._turn_page()
        self.link_is_dead = False
        async for step in self._answer(form, self._reset):
            yield step

    async def _reset(self, typed: Typed) -> Any:
        await run_hashing(
            password_resets.reset,
            link=typed.get("link"),
            password=typed.get("password"),
            network=visitor.network_of(self),
        )
        # Its own session may be among those that have ended: what is told
        # now would be emptied away with the rest at the next event.
        await visitor.let_go(self)
        self.changed_notice = _("Your password was changed. Please sign in.")
        return rx.redirect(addresses.SIGN_IN.path)

    def _refuse(self, refusal: AppError) -> None:
        super()._refuse(refusal)
        self.link_is_dead = isinstance(refusal, LinkDead)
