"""A browser's WebSocket, spoken to the app in-process through its real doorway."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Self
from uuid import uuid4

from starlette.types import ASGIApp, Message

NAMESPACE = "/_event"
PATIENCE = 5


class Socket:
    """One socket from handshake to close, and every frame it received."""

    def __init__(
        self, app: ASGIApp, headers: dict[str, str], *, address: str, query: str = ""
    ) -> None:
        told = {"Connection": "Upgrade", "Upgrade": "websocket"} | headers
        self._app = app
        self.frames: list[str] = []
        self.closed_with: int | None = None
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._heard = asyncio.Event()
        self.scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": f"{NAMESPACE}/",
            "raw_path": f"{NAMESPACE}/".encode(),
            "root_path": "",
            "query_string": f"token={uuid4()}&EIO=4&transport=websocket{query}".encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
            "client": (address, 4711),
            "server": ("127.0.0.1", 3000),
            "subprotocols": [],
        }

    async def __aenter__(self) -> Self:
        """Shake hands, first with the server and then with the namespace."""
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._app(self.scope, self._to_app.get, self._hear))
        await self.until('0{"sid"')
        self._say(f"40{NAMESPACE},")
        await self.until(f"40{NAMESPACE},")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect and wait until the app has noticed."""
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(self._task, PATIENCE)

    async def send(self, name: str, path: str, **payload: Any) -> None:
        """Send an event from a page, framed as Reflex's client does."""
        where = {"pathname": path, "asPath": path, "query": {}}
        event = {"name": name, "payload": payload, "router_data": where}
        self._say(f"42{NAMESPACE}," + json.dumps(["event", event]))

    async def until(self, text: str) -> None:
        """Wait for a frame that contains the text."""
        while not any(text in frame for frame in self.frames):
            assert not self._task.done(), self.frames
            self._heard.clear()
            await asyncio.wait_for(self._heard.wait(), PATIENCE)

    def _say(self, frame: str) -> None:
        self._to_app.put_nowait({"type": "websocket.receive", "text": frame})

    async def _hear(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            self.frames.append(message.get("text") or "")
            self._heard.set()
        elif message["type"] == "websocket.close":
            self.closed_with = message["code"]
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": message["code"]})
