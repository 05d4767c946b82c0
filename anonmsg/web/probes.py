"""GET /healthz and /readyz: whether the process lives, and whether it can serve."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from anonmsg.config.version import VERSION
from anonmsg.runtime.runtime import current

UNAVAILABLE = 503
# A proxy or a monitor must hear of now.
FRESH = {"Cache-Control": "no-store"}


async def alive(_request: Request) -> Response:
    """GET /healthz: needs nothing that can fail."""
    return PlainTextResponse("ok")


async def ready(_request: Request) -> Response:
    """GET /readyz: names the parts that fail, and nothing else about them."""
    if failing := await current().readiness.failing():
        return PlainTextResponse(", ".join(failing) + "\n", UNAVAILABLE, headers=FRESH)
    return PlainTextResponse(f"ready, anonmsg {VERSION}\n", headers=FRESH)
