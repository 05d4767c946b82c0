"""A cache of link previews, because everyone in a busy chat requests the same one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial

from anonmsg.errors import Busy
from anonmsg.locale import _
from anonmsg.pictures import link_preview

# Each takes about 20 kB.
KEPT = 256
# At a tenth of a second each, the last one waits three seconds.
MOST_WAITING = 32


class PreviewCache:
    """Draws one preview at a time in a thread, and caches the most recently used."""

    def __init__(self, *, most: int = KEPT) -> None:
        """Start empty, with room for `most` previews."""
        self._most = most
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def preview(self, name: str, address: str) -> bytes:
        """Return the preview of someone's page.

        Args:
            name: The name as the page shows it.
            address: The page's address as people read it.

        Raises:
            Busy: too many others are waiting.
        """
        found = self._found(name, address)
        if found is not None:
            return found
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                # Another request may have drawn it while this one waited.
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
