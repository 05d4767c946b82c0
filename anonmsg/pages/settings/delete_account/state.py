"""The state of the section that deletes the account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.components.frame.state import say_goodbye
from anonmsg.framework import visitor
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime.hashing import Share
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
        """Schedule the account's deletion, and say until when it can be called off."""
        me = await visitor.signed_in(self)

        async def schedule(typed: Typed) -> Any:
            leaves_at = await run_hashing(
                deletions.schedule,
                Share.of_account(me.owner_id),
                owner_id=me.owner_id,
                session_id=me.session_id,
                password=typed.get("password"),
                username=typed.get("username"),
            )
            return await say_goodbye(self, leaves_at)

        async for step in self._answer(form, schedule):
            yield step
