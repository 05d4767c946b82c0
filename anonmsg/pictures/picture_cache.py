"""A cache of drawn pictures, because everyone in a busy chat requests the same one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from anonmsg.errors import Busy

# Bytes for all of them: some 300 link previews of 20 kB, or 160 story images of 50 kB.
ROOM = 8_000_000
# At up to a fifth of a second each, the last one waits six seconds.
MOST_WAITING = 32

Key = tuple[object, ...]


class PictureCache:
    """Draws one picture at a time in a thread, and caches the most recently used."""

    def __init__(self, *, room: int = ROOM) -> None:
        """Start empty, with room for some bytes."""
        self._room = room
        self._used = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def picture(self, draw: Callable[..., bytes], **words: str | int) -> bytes:
        """Return a picture, drawn now or before.

        Args:
            draw: The function that draws it, the same way each time.
            **words: What it draws.

        Raises:
            Busy: too many others are waiting.
        """
        key = (draw, *sorted(words.items()))
        found = self._found(key)
        if found is not None:
            return found
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                # Another request may have drawn it while this one waited.
                return self._found(key) or await self._drawn(key, partial(draw, **words))
        finally:
            self._waiting -= 1

    def _found(self, key: Key) -> bytes | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    async def _drawn(self, key: Key, draw: Callable[[], bytes]) -> bytes:
        picture = await asyncio.to_thread(draw)
        self._kept[key] = picture
        self._used += len(picture)
        while self._used > self._room:
            _key, oldest = self._kept.popitem(last=False)
            self._used -= len(oldest)
        return picture
