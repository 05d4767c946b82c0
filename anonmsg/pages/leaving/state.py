"""The state of the page that asks whether to keep an account that is being deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.components.frame.state import say_goodbye, tell_that_it_is_kept
from anonmsg.framework import visitor
from anonmsg.pages.form_state import FormState, Typed
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current, run
from anonmsg.services.accounts import deletions


class LeavingState(FormState, rx.State):
    """The state of the two forms: keep the account, or leave as planned."""

    audience: ClassVar[Audience] = Audience.LEAVING

    when: str = ""

    @rx.event
    async def load(self) -> None:
        """Say when the account will be deleted."""
        me = await visitor.leaving(self)
        await self._reset_if_new_page()
        # Another tab may decide first.
        current().hub.watch(topics.sessions_of(me.owner_id), visitor.tab_of(self))
        self.when = deletions.planned(me.leaves_at)

    @rx.event
    async def keep(self, form: Any) -> AsyncIterator[Any]:
        """Keep the account, and say so on the inbox."""
        me = await visitor.leaving(self)

        async def change(_typed: Typed) -> Any:
            await run(deletions.keep, owner_id=me.owner_id, session_id=me.session_id)
            return await tell_that_it_is_kept(self)

        async for step in self._answer(form, change):
            yield step

    @rx.event
    async def leave(self, form: Any) -> AsyncIterator[Any]:
        """Leave as planned: signed out, and told again until when to come back."""
        me = await visitor.leaving(self)

        async def change(_typed: Typed) -> Any:
            leaves_at = await run(
                deletions.leave_as_planned, owner_id=me.owner_id, session_id=me.session_id
            )
            return await say_goodbye(self, leaves_at)

        async for step in self._answer(form, change):
            yield step
