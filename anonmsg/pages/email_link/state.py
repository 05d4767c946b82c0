"""The state of the pages that confirm or undo a change of email address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.errors import AppError
from anonmsg.framework import visitor
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import email_changes


class EmailLinkState(FormState, rx.State):
    """The state that both pages share."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    told: ClassVar[tuple[str, ...]] = ("error", "done")

    error: str = ""
    done: bool = False

    @rx.event
    async def load(self) -> None:
        """Start with the button."""
        await self._reset_if_new_page()

    @rx.event
    async def confirm(self, form: Any) -> AsyncIterator[Any]:
        """Switch the account to the new address."""
        async for step in self._use(email_changes.confirm, form):
            yield step

    @rx.event
    async def undo(self, form: Any) -> AsyncIterator[Any]:
        """Restore the old address."""
        async for step in self._use(email_changes.undo, form):
            yield step

    async def _use(self, use_case: Any, form: Any) -> AsyncIterator[Any]:
        async def change(typed: Typed) -> None:
            await run(use_case, link=typed.get("link"), network=visitor.network_of(self))
            self.done = True

        await self._reset_if_new_page()
        if self.done:
            return
        self.error = ""
        async for step in self._answer(form, change):
            yield step

    def _refuse(self, refusal: AppError) -> None:
        self.error = refusal.sentence
