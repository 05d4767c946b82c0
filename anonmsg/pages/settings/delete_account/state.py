"""The state of the section that deletes the account."""

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
    """The state of the form that deletes the account."""

    audience: ClassVar[Audience] = Audience.OWNERS

    @rx.event
    async def load(self) -> None:
        """Start with an empty form."""
        await visitor.signed_in(self)
        await self._reset_if_new_page()

    @rx.event
    async def submit(self, form: Any) -> AsyncIterator[Any]:
        """Schedule the account's deletion and say until when it can be undone."""
        me = await visitor.signed_in(self)

        async def schedule(typed: Typed) -> Any:
            leaves_at = await run_hashing(
                deletions.schedule,
                owner_id=me.owner_id,
                session_id=me.session_id,
                password=typed.get("password"),
                username=typed.get("username"),
            )
            await self._announce(date_in_words(leaves_at))
            return rx.redirect(addresses.SIGN_IN.path)

        async for step in self._answer(form, schedule):
            yield step

    async def _announce(self, when: str) -> None:
        """Show the notice on the sign-in page, where the owner lands signed out."""
        await visitor.reset_if_signed_out(self)
        (await self.get_state(FrameState)).notice = _(
            "Your account will be deleted on {when}. Sign in before then if you change your mind."
        ).format(when=when)
