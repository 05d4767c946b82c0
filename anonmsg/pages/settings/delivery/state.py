"""The state of the settings about delivery: the time zone, and how long messages are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from anonmsg.framework import visitor
from anonmsg.locale import _
from anonmsg.pages.form_state import Typed
from anonmsg.pages.settings.setting_form_state import SettingFormState
from anonmsg.public import Retention
from anonmsg.runtime.runtime import run
from anonmsg.services.inbox import delivery_settings, retention
from anonmsg.services.sessions.sessions import SignedIn

TICKED = (True, "on")


class DeliveryState(SettingFormState, rx.State):
    """The state of the settings about delivery; see `SettingFormState` for its forms.

    Attributes:
        time_zone: The zone that was chosen, or "".
        kept: For how long messages are kept.
        keep_days: The same as a choice.
    """

    loaded: bool = False
    time_zone: str = ""
    kept: Retention = Retention()
    keep_days: str = "0"
    keep_starred: bool = True

    @rx.event
    async def load(self) -> None:
        """Show the current settings."""
        await self._reset_if_new_page()
        await self._look()

    @rx.event
    async def choose_time_zone(self, form: Any) -> AsyncIterator[Any]:
        """Set the time zone of the owner's days and hours."""

        async def change(me: SignedIn, typed: Typed) -> str:
            zone = typed.get("time_zone")
            await run(delivery_settings.choose_time_zone, owner_id=me.owner_id, name=zone)
            return _("Saved")

        async for step in self._carry_out("zone", form, change):
            yield step

    @rx.event
    async def keep_for(self, form: Any) -> AsyncIterator[Any]:
        """Set for how long messages are kept."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run(
                retention.choose,
                owner_id=me.owner_id,
                days=typed.get("keep_days"),
                keep_starred=typed.get("keep_starred") in TICKED,
            )
            return _("Saved")

        async for step in self._carry_out("retention", form, change):
            yield step

    async def _look(self) -> None:
        me = await visitor.signed_in(self)
        found = await run(delivery_settings.of, owner_id=me.owner_id)
        self.time_zone = found.time_zone
        self.kept = await run(retention.of, owner_id=me.owner_id)
        self.keep_days, self.keep_starred = str(self.kept.days), self.kept.keep_starred
        self.loaded = True
