"""The state of the settings about delivery: when messages come, and how long they stay."""

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
from anonmsg.services.inbox import delivery_settings, retention, storms
from anonmsg.services.sessions.sessions import SignedIn

TICKED = (True, "on")


class DeliveryState(SettingFormState, rx.State):
    """The state of the settings about delivery; see `SettingFormState` for its forms.

    Attributes:
        time_zone: The zone that was chosen, or "".
        mode: When messages are delivered; `hour` is the one of a daily delivery.
        holds: Whether they wait until three have come.
        is_quiet: Whether there are quiet hours, from `quiet_from` to `quiet_to`.
        storm_at: From how many messages a minute on more are held; "0" is never.
        page_says: What the public page tells senders about it.
        kept: For how long messages are kept.
        keep_days: The same as a choice.
    """

    loaded: bool = False
    time_zone: str = ""
    mode: str = "now"
    hour: str = "20"
    holds: bool = False
    is_quiet: bool = False
    quiet_from: str = "22"
    quiet_to: str = "7"
    page_says: str = ""
    storm_at: str = "0"
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
    async def choose_delivery(self, form: Any) -> AsyncIterator[Any]:
        """Set when messages are delivered."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run(
                delivery_settings.choose_delivery,
                owner_id=me.owner_id,
                mode=typed.get("delivery_mode"),
                hour=typed.get("delivery_hour"),
                holds=typed.get("holds") in TICKED,
            )
            return _("Saved")

        async for step in self._carry_out("delivery", form, change):
            yield step

    @rx.event
    async def choose_quiet_hours(self, form: Any) -> AsyncIterator[Any]:
        """Set between which hours nothing is delivered."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run(
                delivery_settings.choose_quiet_hours,
                owner_id=me.owner_id,
                are_on=typed.get("is_quiet") in TICKED,
                start=typed.get("quiet_from"),
                end=typed.get("quiet_to"),
            )
            return _("Saved")

        async for step in self._carry_out("quiet", form, change):
            yield step

    @rx.event
    async def choose_brake(self, form: Any) -> AsyncIterator[Any]:
        """Set from how many messages a minute on more are held."""

        async def change(me: SignedIn, typed: Typed) -> str:
            await run(storms.choose_brake, owner_id=me.owner_id, at=typed.get("storm_at"))
            return _("Saved")

        async for step in self._carry_out("storm", form, change):
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
        self.time_zone, self.page_says = found.time_zone, found.said
        self.mode, self.hour, self.holds = found.mode, str(found.hour), found.holds
        self.is_quiet = found.is_quiet
        if found.is_quiet:
            self.quiet_from, self.quiet_to = str(found.quiet_from), str(found.quiet_to)
        self.storm_at = str(await run(storms.brake_of, owner_id=me.owner_id))
        self.kept = await run(retention.of, owner_id=me.owner_id)
        self.keep_days, self.keep_starred = str(self.kept.days), self.kept.keep_starred
        self.loaded = True
