"""The state of the page that requests a password reset link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.framework import visitor
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import password_resets


class ForgotPasswordState(FormState, rx.State):
    """The state of the forgot-password form."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = ("notice",)

    notice: str = ""

    @rx.event
    async def load(self) -> None:
        """Start with an empty form."""
        await self._reset_if_new_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Request a link; the answer is the same for every address."""

        async def ask(typed: Typed) -> None:
            network = visitor.network_of(self)
            await run(password_resets.request, email=typed.get("email"), network=network)
            self.notice = password_resets.request_answer()

        await self._reset_if_new_page()
        self.notice = ""
        async for step in self._answer(form, ask):
            yield step
