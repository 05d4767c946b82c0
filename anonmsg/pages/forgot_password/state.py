"""The page where a link to a new password is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg.errors import AppError
from anonmsg.framework import visitor
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import password_resets


class ForgotPasswordState(rx.State):
    """What the form for a forgotten password shows."""

    errors: dict[str, str] = {}
    notice: str = ""
    busy: bool = False
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Begin with an empty form."""
        await self._turn_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Ask for a link; the answer is the same whoever asks."""
        await self._turn_page()
        self.errors, self.notice, self.busy = {}, "", True
        yield
        try:
            typed = form if isinstance(form, dict) else {}
            await run(
                password_resets.ask, email=typed.get("email"), network=visitor.network_of(self)
            )
            self.notice = password_resets.asked()
        except AppError as refusal:
            self.errors = refusal.by_field()
        finally:
            self.busy = False
            yield

    async def _turn_page(self) -> None:
        """Forget what an earlier page was told, at whatever event comes first on this one."""
        if await visitor.is_new_page(self):
            self.errors, self.notice, self.busy = {}, "", False
