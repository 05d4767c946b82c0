"""Batching: whoever asks while others are served is served with the next batch.

Nobody waits for company: a caller who is alone is served at once. Under load
the batch fills while the disk is written, so one commit serves many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

MOST_TOGETHER = 64

Asked = TypeVar("Asked")


class Batcher(Generic[Asked]):
    """The callers of one use case that is done for several at once."""

    def __init__(
        self, serve: Callable[[Sequence[Asked]], Awaitable[Sequence[Exception | None]]]
    ) -> None:
        """Begin with nobody waiting.

        Args:
            serve: Answers each caller with why they were refused, or with None.
        """
        self._serve = serve
        self._waiting: list[tuple[Asked, asyncio.Future[None]]] = []
        self._serving: asyncio.Task[None] | None = None

    async def join(self, asked: Asked) -> None:
        """Wait to be served.

        Raises:
            AppError: whatever is refused to this caller.
        """
        served = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, served))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve_all())
        await served

    async def _serve_all(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            outcomes: Sequence[Exception | None]
            try:
                outcomes = await self._serve([asked for asked, _ in now])
            except Exception as error:  # noqa: BLE001  (each caller raises it)
                outcomes = [error] * len(now)
            for (_, served), outcome in zip(now, outcomes, strict=True):
                if served.done():
                    continue
                if outcome is None:
                    served.set_result(None)
                else:
                    served.set_exception(outcome)
