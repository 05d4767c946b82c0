"""The page that a mailed link opens, to choose a new password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.errors import AppError, LinkDead
from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import password_resets


class ResetPasswordState(rx.State):
    """What the form for a new password shows."""

    errors: dict[str, str] = {}
    link_is_dead: bool = False
    busy: bool = False
    # Told on the sign-in page, to which whoever has a new password goes on.
    changed_notice: str = ""
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Begin with an empty form."""
        await self._turn_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Set the new password and go to where one signs in with it."""
        await self._turn_page()
        self.errors, self.link_is_dead, self.busy = {}, False, True
        yield
        try:
            typed = form if isinstance(form, dict) else {}
            await run(
                password_resets.reset,
                link=typed.get("link"),
                password=typed.get("password"),
                network=visitor.network_of(self),
            )
            # Its own sign-in may be among those that have ended: what is told
            # now would be emptied away with the rest at the next event.
            await visitor.let_go(self)
            self.changed_notice = _("Your password was changed. Please sign in.")
            yield rx.redirect(addresses.SIGN_IN.path)
        except AppError as refusal:
            self.errors = refusal.by_field()
            self.link_is_dead = isinstance(refusal, LinkDead)
        finally:
            self.busy = False
            yield

    async def _turn_page(self) -> None:
        """Forget what an earlier page was told, at whatever event comes first on this one."""
        if await visitor.is_new_page(self):
            self.errors, self.link_is_dead, self.busy = {}, False, False
            self.changed_notice = ""
