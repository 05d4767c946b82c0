"""The pages that a mailed link about an e-mail address opens: confirm, and undo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg.errors import AppError
from anonmsg.framework import visitor
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import email_changes


class EmailLinkState(rx.State):
    """What both pages show."""

    error: str = ""
    done: bool = False
    busy: bool = False
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Begin with the button."""
        await self._turn_page()

    @rx.event
    async def confirm(self, form: Any) -> AsyncIterator[Any]:
        """Make the new address the account's."""
        async for step in self._use(email_changes.confirm, form):
            yield step

    @rx.event
    async def undo(self, form: Any) -> AsyncIterator[Any]:
        """Put the old address back."""
        async for step in self._use(email_changes.undo, form):
            yield step

    async def _turn_page(self) -> None:
        """Forget what an earlier page was told, at whatever event comes first on this one."""
        if await visitor.is_new_page(self):
            self.error, self.done, self.busy = "", False, False

    async def _use(self, use_case: Any, form: Any) -> AsyncIterator[Any]:
        await self._turn_page()
        if self.done:
            return
        self.error, self.busy = "", True
        yield
        try:
            link = form.get("link") if isinstance(form, dict) else None
            await run(use_case, link=link, network=visitor.network_of(self))
            self.done = True
        except AppError as refusal:
            self.error = refusal.sentence
        finally:
            self.busy = False
            yield
