"""GET /metrics: what Prometheus collects, for the operator alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from anonmsg.framework.samples import Samples
from anonmsg.runtime import metrics
from anonmsg.runtime.runtime import current
from anonmsg.web.door.monitor import MAY_READ

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Scrape:
    """Answers those whom the door has let in; to everyone else there's nothing here."""

    def __init__(self, lost: Callable[[Request], Awaitable[Response]]) -> None:
        """Keep the answer for strangers.

        Args:
            lost: Answers as for any path that doesn't exist.
        """
        self._lost = lost
        self._samples: Samples | None = None

    async def answer(self, request: Request) -> Response:
        """GET /metrics."""
        if not getattr(request.state, MAY_READ, False):
            return await self._lost(request)
        self._samples = self._samples or Samples(current())
        await self._samples.take()
        text = await asyncio.to_thread(metrics.exposed)
        headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE}
        return Response(text, headers=headers)
