"""The state of the section about emails on new messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import Typed
from anonmsg.pages.settings.setting_form_state import SettingFormState
from anonmsg.runtime.runtime import run
from anonmsg.services.notifications import email_digests
from anonmsg.services.sessions.sessions import SignedIn


class NotificationsState(SettingFormState, rx.State):
    """How often the owner is told about new messages by email."""

    frequency: str = "off"
    hour: str = "20"

    @rx.event
    async def load(self) -> None:
        """Show what is chosen."""
        await self._reset_if_new_page()
        await self._look()

    @rx.event
    async def choose(self, form: Any) -> AsyncIterator[Any]:
        """Tell the owner so often from now on."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run(
                email_digests.choose,
                owner_id=me.owner_id,
                frequency=typed.get("frequency"),
                hour=typed.get("hour"),
            )
            return _("Saved")

        async for step in self._carry_out("notifications", form, change):
            yield step

    async def _look(self) -> None:
        me = await visitor.signed_in(self)
        found = await run(email_digests.choice, owner_id=me.owner_id)
        self.frequency, self.hour = found.frequency, str(found.hour)
