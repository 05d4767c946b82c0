"""Batching: calls that arrive while a batch is being served join the next one.

A batch never waits to fill up: a lone caller is served at once. Under load, callers
collect while the disk is being written, so one commit serves many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

MOST_TOGETHER = 64

Asked = TypeVar("Asked")


class Batcher(Generic[Asked]):
    """Serves the callers of one use case in batches."""

    def __init__(
        self, serve: Callable[[Sequence[Asked]], Awaitable[Sequence[Exception | None]]]
    ) -> None:
        """Start with an empty queue.

        Args:
            serve: Returns each caller's refusal, or None for success.
        """
        self._serve = serve
        self._waiting: list[tuple[Asked, asyncio.Future[None]]] = []
        self._serving: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many callers wait for the next batch."""
        return len(self._waiting)

    async def join(self, asked: Asked) -> None:
        """Wait to be served.

        Raises:
            AppError: this caller is refused.
        """
        served = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, served))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve_all())
        await served

    async def _serve_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            outcomes: Sequence[Exception | None]
            try:
                outcomes = await self._serve([asked for asked, _ in batch])
            except Exception as error:  # noqa: BLE001  (every caller in the batch raises it)
                outcomes = [error] * len(batch)
            for (_, served), outcome in zip(batch, outcomes, strict=True):
                if served.done():
                    continue
                if outcome is None:
                    served.set_result(None)
                else:
                    served.set_exception(outcome)
