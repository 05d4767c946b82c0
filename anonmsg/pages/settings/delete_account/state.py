"""The section of the settings page where an account is deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.components.frame.state import FrameState
from anonmsg.framework import visitor
from anonmsg.locale import _, date_in_words
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime.runtime import run_hashing
from anonmsg.services.accounts import deletions


class DeleteAccountState(FormState, rx.State):
    """What the form says that asks for the end."""

    audience: ClassVar[Audience] = Audience.OWNERS

    @rx.event
    async def load(self) -> None:
        """Begin with an empty form."""
        await visitor.signed_in(self)
        await self._turn_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Have the account deleted, and say until when that can be undone."""
        me = await visitor.signed_in(self)

        async def schedule(typed: Typed) -> Any:
            leaves_at = await run_hashing(
                deletions.schedule,
                owner_id=me.owner_id,
                session_id=me.session_id,
                password=typed.get("password"),
                username=typed.get("username"),
            )
            await self._say_goodbye(date_in_words(leaves_at))
            return rx.redirect(addresses.SIGN_IN.path)

        async for step in self._answer(form, schedule):
            yield step

    async def _say_goodbye(self, when: str) -> None:
        """Tell it on the page where it can be undone: this sign-in has ended, too."""
        await visitor.let_go(self)
        (await self.get_state(FrameState)).notice = _(
            "Your account will be deleted on {when}. Sign in before then to keep it."
        ).format(when=when)
