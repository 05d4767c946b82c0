"""A browser tab as the server sees it: a socket, its events and what it's sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

ROOT = "reflex___state____state"
FRAME = f"{ROOT}.anonmsg___components___frame___state____frame_state"
PUBLIC_PAGE = f"{ROOT}.anonmsg___pages___public_page___state____public_page_state"
DASHBOARD = f"{ROOT}.anonmsg___pages___dashboard___state____dashboard_state"
SETTINGS = f"{ROOT}.anonmsg___pages___settings___state____settings_state"
EVENT = "42/_event,"
MARK = "_rx_state_"
WITHIN = 60.0


def event(name: str, path: str, **payload: object) -> str:
    """Return an event's frame as Reflex's client writes it."""
    return EVENT + json.dumps(["event", _event(name, path, payload)], ensure_ascii=False)


def _event(name: str, path: str, payload: object) -> dict[str, object]:
    where = {"pathname": path, "asPath": path, "query": {}}
    return {"name": name, "payload": payload, "router_data": where}


class Tab:
    """A tab that shows one page; used as a context manager, it is open and loaded inside."""

    def __init__(
        self, port: int, path: str = "/", address: str = "10.1.1.1", cookie: str = ""
    ) -> None:
        """Prepare.

        Args:
            port: The server's port.
            path: The page.
            address: The client's address, as a proxy tells it.
            cookie: The Cookie header of whoever is signed in.
        """
        self.port, self.path = port, path
        self.frames: list[str] = []
        self._headers = {"Origin": f"http://127.0.0.1:{port}", "X-Forwarded-For": address}
        self._headers |= {"Cookie": cookie} if cookie else {}
        self.socket: ClientConnection | None = None

    @property
    def local_port(self) -> int:
        """The port of this end of the socket, or 0 if it's closed."""
        return 0 if self.socket is None else self.socket.local_address[1]

    async def __aenter__(self) -> Self:
        """Open the socket and load the page."""
        try:
            await self.open()
            await self.load()
        except BaseException:
            self.abort()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the socket, at once if something has gone wrong."""
        if kind is not None:
            self.abort()
        await self.close()

    def abort(self) -> None:
        """Break the socket off, if it's open."""
        if self.socket is not None:
            self.socket.transport.abort()
        self.socket = None

    async def open(self) -> None:
        """Open the socket, and join the namespace with nothing else.

        Raises:
            OSError: it was refused.
        """
        query = f"token={uuid4()}&EIO=4&transport=websocket"
        url = f"ws://127.0.0.1:{self.port}/_event/?{query}"
        try:
            self.socket = await connect(
                url,
                additional_headers=self._headers,
                max_size=None,
                compression=None,
                ping_interval=None,
                open_timeout=WITHIN,
                proxy=None,
            )
            await self.say("40/_event,")
            await self.until("40/_event,")
        except WebSocketException as error:
            await self.close()
            raise ConnectionResetError from error

    async def close(self) -> None:
        """Close the socket, if it's open."""
        if self.socket is not None:
            with suppress(WebSocketException, OSError):
                await self.socket.close()
        self.socket = None

    async def load(self) -> None:
        """Load the page."""
        await self.send(f"{ROOT}.hydrate_and_load", hashes=["-"])
        await self.until('"is_hydrated_rx_state_":true')

    async def say(self, frame: str) -> None:
        """Send a frame.

        Raises:
            OSError: the socket has closed.
        """
        if self.socket is None:
            raise ConnectionResetError
        try:
            await self.socket.send(frame)
        except WebSocketException as error:
            raise ConnectionResetError from error

    async def send(self, name: str, **payload: object) -> None:
        """Send an event by its full name."""
        await self.say(event(name, self.path, **payload))

    async def until(self, text: str) -> str:
        """Wait for a frame with this in it."""
        return await self.until_told(lambda frame: text in frame)

    async def until_told(self, is_it: Callable[[str], bool]) -> str:
        """Wait for a certain frame, and keep all those on the way.

        Raises:
            OSError: the socket has closed, or the frame doesn't come.
        """
        if self.socket is None:
            raise ConnectionResetError
        try:
            async with asyncio.timeout(WITHIN):
                while True:
                    frame = str(await self.socket.recv())
                    if frame == "2":
                        await self.socket.send("3")
                    self.frames.append(frame)
                    if is_it(frame):
                        return frame
        except (WebSocketException, TimeoutError) as error:
            raise ConnectionResetError from error

    async def refresh(self) -> None:
        """Let a dashboard look at its inbox, and wait until it shows it.

        Raises:
            OSError: the socket has closed, or nothing is shown.
        """
        await self.send(f"{DASHBOARD}.refresh")
        await self.until(f'"{DASHBOARD}"')

    async def settle(self, quiet: float = 0.3) -> None:
        """Read what comes until nothing has come for a while, or the socket has closed."""
        if self.socket is None:
            return
        with suppress(TimeoutError, WebSocketException):
            while True:
                self.frames.append(str(await asyncio.wait_for(self.socket.recv(), quiet)))

    async def leave_message(self, text: str, key: str) -> bool:
        """Press **Send** on a public page; return whether the page says that it was sent.

        Raises:
            OSError: there was no answer, or the page says that something went wrong.
        """
        await self.send(f"{PUBLIC_PAGE}.another")
        await self.send(f"{PUBLIC_PAGE}.send", form={"message": text, "key": key})
        told: dict[str, Any] = {}

        def is_answer(frame: str) -> bool:
            told.update(_told(PUBLIC_PAGE, frame))
            told["failed"] = bool(_told(FRAME, frame).get("notice"))
            is_over = told.get("busy") is False and "was busy" in told
            return told["failed"] or told.get("sent") is True or is_over

        def note(frame: str) -> bool:
            told["sent"] = False
            told["failed"] = bool(_told(FRAME, frame).get("notice"))
            if _told(PUBLIC_PAGE, frame).get("busy"):
                told["was busy"] = True
            return told["failed"] or "was busy" in told

        await self.until_told(note)
        if not told["failed"]:
            await self.until_told(is_answer)
        if told["failed"]:
            # Each of the two events says so, at any time: only a page opened again is in step.
            raise ConnectionResetError
        return told.get("sent") is True


def _told(state: str, frame: str) -> dict[str, Any]:
    """Return the vars of a state that a frame tells."""
    if not frame.startswith(EVENT):
        return {}
    _, update = json.loads(frame.removeprefix(EVENT))
    update = json.loads(update) if isinstance(update, str) else update
    told = (update.get("delta") or {}).get(state) or {}
    return {name.removesuffix(MARK): value for name, value in told.items()}
