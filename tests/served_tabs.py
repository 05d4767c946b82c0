"""Real sockets to a served app, each in one of its workers."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from tests.holders import holder
from tests.served import Served
from tests.tabs import ROOT, STATES

WITHIN = 30.0


def worker_of(server: Served, client_port: int) -> int:
    """The worker that holds the server's end of a connection, once it has accepted it."""
    deadline = time.monotonic() + WITHIN
    assert server.process is not None
    while (found := holder(server.process.pid, server.port, client_port)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def post(server: Served, path: str, **fields: str) -> tuple[int, str]:
    """Post a form as our script does, on a connection of its own; return status and cookies."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        data=urllib.parse.urlencode(fields).encode(),
        headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"},
    )
    try:
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:  # noqa: S310
            cookies = answer.headers.get_all("Set-Cookie") or []
            return answer.status, "; ".join(each.partition(";")[0] for each in cookies)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, ""


@dataclass
class ServedTab:
    """A tab on a page, and every frame it received."""

    socket: ClientConnection
    worker: int
    frames: list[str] = field(default_factory=list)

    async def until(self, *texts: str) -> None:
        """Wait until frames contain each of the texts."""
        async with asyncio.timeout(WITHIN):
            while not all(re.search(text, "\n".join(self.frames)) for text in texts):
                self.frames.append(str(await self.socket.recv()))

    async def ask(self, handler: str, path: str, **payload: object) -> None:
        """Call a handler, such as `public_page.send`."""
        state, name = handler.split(".")
        where = {"pathname": path, "asPath": path, "query": {}}
        event = {"name": f"{STATES[state]}.{name}", "payload": payload, "router_data": where}
        await self.socket.send("42/_event," + json.dumps(["event", event]))


async def open_tab(server: Served, path: str, *, cookie: str = "", shows: str) -> ServedTab:
    """Open a page the way Reflex's client does, and wait until it shows something."""
    url = f"ws://127.0.0.1:{server.port}/_event/?token={uuid4()}&EIO=4&transport=websocket"
    headers = {"Origin": f"http://127.0.0.1:{server.port}", "Cookie": cookie}
    socket = await connect(url, additional_headers=headers, max_size=None)
    made = ServedTab(socket, worker_of(server, socket.local_address[1]))
    route = "/u/[username]" if path.startswith("/u/") else path
    where = {"pathname": route, "asPath": path, "query": {}}
    event = {"name": f"{ROOT}.hydrate_and_load", "payload": {"vars": {}, "hashes": ["-"]}}
    await socket.send("40/_event," + json.dumps({"event": event | {"router_data": where}}))
    await made.until(shows)
    made.frames.clear()
    return made


async def in_both_workers(server: Served, opened: Callable[[], object]) -> list[ServedTab]:
    """Open tabs until each of two workers holds one; the kernel deals them."""
    tabs: list[ServedTab] = []
    async with asyncio.timeout(2 * WITHIN):
        while len({each.worker for each in tabs}) < 2:
            tabs.append(await opened())  # type: ignore[misc]
    return tabs
