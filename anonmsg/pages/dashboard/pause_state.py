"""What the dashboard knows of a pause, and its two handlers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.errors import AppError, NotSignedIn
from anonmsg.framework import visitor
from anonmsg.runtime.runtime import run
from anonmsg.services.inbox import pauses


class PauseState(rx.State, mixin=True):
    """The part of the dashboard's state that is about pauses.

    Attributes:
        paused_until: The ISO time at which a paused page opens again, or "".
        pause_error: Why it couldn't be paused.
    """

    audience: ClassVar[Audience] = Audience.OWNERS

    paused_until: str = ""
    pause_error: str = ""

    @rx.event
    async def pause(self, form: Any) -> None:
        """Pause the page for a while."""
        me = await visitor.signed_in(self)
        typed = form if isinstance(form, dict) else {}
        self.pause_error = ""
        try:
            await run(
                pauses.pause,
                owner_id=me.owner_id,
                length=typed.get("length"),
                until=typed.get("until"),
                zone=typed.get("zone"),
            )
        except NotSignedIn:
            raise
        except AppError as refusal:
            self.pause_error = refusal.sentence
        await self._look()

    @rx.event
    async def end_pause(self) -> None:
        """Open the page again at once."""
        me = await visitor.signed_in(self)
        self.pause_error = ""
        await run(pauses.end, owner_id=me.owner_id)
        await self._look()

    async def _look(self, *, but: Collection[str] = ()) -> None:
        """Show the inbox and what is set."""
