"""The state of the notice about messages that are held because too many came at once."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.framework import visitor
from anonmsg.locale import ngettext
from anonmsg.runtime import topics
from anonmsg.runtime.runtime import current, run
from anonmsg.services.inbox import storms


class StormState(rx.State):
    """The state of the notice; every handler authenticates its owner again.

    Attributes:
        count: How many messages are held, counted up to 1,000.
        said: The same in words.
        asks: Whether the owner is asked if they are to be deleted.
    """

    audience: ClassVar[Audience] = Audience.OWNERS

    count: int = 0
    said: str = ""
    asks: bool = False
    _page: int = 0

    @rx.event
    async def load(self) -> None:
        """Show how many messages are held, and hear of more."""
        if await visitor.is_new_page(self):
            self.asks = False
        await self._look()

    @rx.event
    async def look_again(self) -> None:
        """Show how many messages are held now."""
        await self._look()

    @rx.event
    async def release(self) -> None:
        """Deliver what is held."""
        me = await visitor.signed_in(self)
        await run(storms.release, owner_id=me.owner_id)
        await self._look()

    @rx.event
    async def ask(self) -> None:
        """Ask whether to delete what is held."""
        await visitor.signed_in(self)
        self.asks = True

    @rx.event
    async def keep(self) -> None:
        """Delete nothing."""
        await visitor.signed_in(self)
        self.asks = False

    @rx.event
    async def discard(self) -> None:
        """Delete what is held for good, which the owner was asked about."""
        me = await visitor.signed_in(self)
        if self.asks:
            await run(storms.discard, owner_id=me.owner_id)
        await self._look()

    async def _look(self) -> Any:
        me = await visitor.signed_in(self)
        current().hub.watch(topics.storm_of(me.owner_id), visitor.tab_of(self))
        self.count = await run(storms.held, owner_id=me.owner_id)
        self.asks = self.asks and self.count > 0
        number = f"{self.count:,}" + ("+" if self.count == storms.MOST_COUNTED else "")
        said = ngettext(
            "{n} message came in a storm and is held.",
            "{n} messages came in a storm and are held.",
            self.count,
        )
        self.said = said.format(n=number) if self.count else ""
