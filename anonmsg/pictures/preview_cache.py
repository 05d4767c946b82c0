"""Previews, drawn once and kept: a link in a busy chat is asked for by everyone in it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial

from anonmsg.errors import Busy
from anonmsg.locale import _
from anonmsg.pictures import link_preview

# About 20 kB each.
KEPT = 256
# At a tenth of a second each, the last of them waits for three seconds.
MOST_WAITING = 32


class PreviewCache:
    """Draws one preview at a time, in a thread, and keeps the latest."""

    def __init__(self, *, most: int = KEPT) -> None:
        """Begin with none, and never keep more than so many."""
        self._most = most
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def preview(self, name: str, address: str) -> bytes:
        """The picture of somebody's page.

        Args:
            name: As the page says it.
            address: Of the page, as people read it.

        Raises:
            Busy: too many others wait for theirs.
        """
        found = self._found(name, address)
        if found is not None:
            return found
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                # Whoever was before may have waited for the same.
                return self._found(name, address) or await self._drawn(name, address)
        finally:
            self._waiting -= 1

    def _found(self, name: str, address: str) -> bytes | None:
        if (name, address) in self._kept:
            self._kept.move_to_end((name, address))
        return self._kept.get((name, address))

    async def _drawn(self, name: str, address: str) -> bytes:
        lead = _("An anonymous message for")
        draw = partial(link_preview.draw, lead=lead, title=name, foot=address)
        picture = await asyncio.to_thread(draw)
        self._kept[name, address] = picture
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return picture
