"""The section of the settings page where an account is deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg import addresses
from anonmsg.components.frame.state import FrameState
from anonmsg.errors import AppError, NotSignedIn
from anonmsg.framework import visitor
from anonmsg.locale import _, date_in_words
from anonmsg.runtime.runtime import run
from anonmsg.services.accounts import deletions


class DeleteAccountState(rx.State):
    """What the form says that asks for the end."""

    errors: dict[str, str] = {}
    busy: bool = False
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Begin with an empty form."""
        await visitor.signed_in(self)
        await self._turn_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Have the account deleted, and say until when that can be undone."""
        me = await visitor.signed_in(self)
        await self._turn_page()
        typed = form if isinstance(form, dict) else {}
        self.errors, self.busy = {}, True
        yield
        try:
            leaves_at = await run(
                deletions.schedule,
                owner_id=me.owner_id,
                session_id=me.session_id,
                password=typed.get("password"),
                username=typed.get("username"),
            )
            await self._say_goodbye(date_in_words(leaves_at))
            yield rx.redirect(addresses.SIGN_IN.path)
        except NotSignedIn:
            raise
        except AppError as refusal:
            self.errors = refusal.by_field()
        finally:
            self.busy = False
            yield

    async def _turn_page(self) -> None:
        """Forget what an earlier page was told, at whatever event comes first on this one."""
        if await visitor.is_new_page(self):
            self.errors, self.busy = {}, False

    async def _say_goodbye(self, when: str) -> None:
        """Tell it on the page where it can be undone: this sign-in has ended, too."""
        await visitor.let_go(self)
        (await self.get_state(FrameState)).notice = _(
            "Your account will be deleted on {when}. Sign in before then to keep it."
        ).format(when=when)
