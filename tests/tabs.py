"""Browser tabs as the app sees them: a token, a connection, a page and arriving frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import reflex as rx
from reflex.utils import format as reflex_format
from reflex_base.event import Event
from sqlmodel import select

from anonmsg.database.tables import Person, SignInSession
from anonmsg.framework.connections import connections
from anonmsg.pages.dashboard import shown_state
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.codes import new_id
from anonmsg.security.tokens import REFRESH_LIVES

NETWORK = "network-of-the-tests"
ORIGIN = "http://localhost:3000"
ROOT = "reflex___state____state"
STATES = {
    short: f"{ROOT}.{place}____{short}_state"
    for short, place in {
        "frame": "anonmsg___components___frame___state",
        "delete_account": "anonmsg___pages___settings___delete_account___state",
        "notifications": "anonmsg___pages___settings___notifications___state",
        "two_factor": "anonmsg___pages___settings___two_factor___state",
        "delivery": "anonmsg___pages___settings___delivery___state",
        "storm": "anonmsg___pages___dashboard___storm___state",
        **{
            page: f"anonmsg___pages___{page}___state"
            for page in (
                *("sign_up", "verify", "public_page", "dashboard", "settings"),
                *("forgot_password", "reset_password", "email_link", "leaving"),
            )
        },
    }.items()
}
MARK = "_rx_state_"


def states(cls: type[rx.State] = rx.State) -> Iterator[type[rx.State]]:
    """Every state class there is."""
    yield cls
    for below in cls.get_substates():
        yield from states(below)


class Site:
    """The app's event pipeline, and every frame it sends."""

    def __init__(self, runtime: Runtime, manager: Any) -> None:
        self.runtime, self.manager = runtime, manager
        self.processor: Any = None
        self.pushes: Any = None
        self.answers: Any = None
        self.tabs: list[Tab] = []
        self.frames: list[tuple[str, dict[str, Any]]] = []

    async def emit_update(self, update: Any, token: str) -> None:
        """Take the place of Reflex's socket, and keep what would be written to it."""
        self.frames.append((token, json.loads(reflex_format.json_dumps(update))))

    def tab(self, path: str = "/", who: str = "", **more: Any) -> Tab:
        """Open a tab on a socket whose cookie proved a new session of `who`."""
        session_id = more.pop("session_id", None) or (self.sign_in(who) if who else "")
        made = Tab(self, path, session_id, **more)
        self.tabs.append(made)
        return made

    def sign_in(self, who: str) -> str:
        """Start a live session for someone and return its id."""
        with self.runtime.context() as ctx, ctx.writing() as db:
            person = db.exec(select(Person).where(Person.username == who)).one()
            row = SignInSession(
                id=new_id(),
                person_id=person.id,
                created_at=ctx.now,
                rotated_at=ctx.now,
                expires_at=ctx.now + REFRESH_LIVES,
            )
            db.add(row)
            return row.id

    async def settle(self) -> None:
        """Wait until nothing is running: handlers, the events they chained, and pushes."""
        while True:
            await self.processor.join()
            if waiting := list(self.runtime.hub.waiting.values()):
                await asyncio.wait(waiting)
            under_way = [*self.processor._tasks.values(), *self.pushes._under_way]
            under_way += self.answers.under_way
            if not under_way and not self.processor._token_queues:
                return
            if under_way:
                await asyncio.wait(under_way)
            await asyncio.sleep(0)

    def sent_to(self, tab: Tab) -> str:
        """Everything a tab was ever sent, as text."""
        return json.dumps([frame for token, frame in self.frames if token == tab.token])


class Tab:
    """One tab: what it requests through events, and what it shows from its deltas."""

    def __init__(
        self, site: Site, path: str, session_id: str, *, token: str = "", network: str = NETWORK
    ) -> None:
        self.site, self.path, self.session_id = site, path, session_id
        self.token = token or str(uuid4())
        self.connection_id, self.sid = connections.open(network, session_id), str(uuid4())
        self._from = len(site.frames)

    def go(self, path: str) -> Tab:
        """Go to another page in the same tab."""
        self.path = path
        return self

    async def load(self, *, again: bool = False, **kept: str) -> Tab:
        """Load the page as Reflex's client does; `kept` is its local storage.

        With `again`, a lost socket has reconnected and the page is the same.
        """
        held = {f"{STATES['sign_up']}.{name}{MARK}": value for name, value in kept.items()}
        hashes = None if again else ["of what the client was built with"]
        await self.send(f"{ROOT}.hydrate_and_load", vars=held, hashes=hashes)
        return self

    async def ask(self, handler: str, **payload: Any) -> Tab:
        """Call one of our handlers, such as `public_page.send`, and wait for its whole chain."""
        state, name = handler.split(".")
        return await self.send(f"{STATES[state]}.{name}", **payload)

    async def send(self, name: str, **payload: Any) -> Tab:
        """Send an event by its full name and wait for everything it causes."""
        await self.enqueue(name, **payload)
        await self.site.settle()
        return self

    async def enqueue(self, name: str, **payload: Any) -> None:
        """Send an event by its full name without waiting."""
        # What EventNamespace.on_event makes of a frame and the handshake.
        route = "/u/[username]" if self.path.startswith("/u/") else self.path
        router_data = {
            "pathname": route,
            "asPath": self.path,
            "query": {},
            "token": self.token,
            "sid": self.sid,
            "ip": "0.0.0.0",  # noqa: S104
            "headers": {
                "host": "localhost:3000",
                "origin": ORIGIN,
                "cookie": f"connection={self.connection_id}",
            },
        }
        with suppress(asyncio.CancelledError):
            event = Event(name=name, payload=payload, router_data=router_data)
            await self.site.processor.enqueue(self.token, event)

    def close(self) -> None:
        """Close the socket."""
        connections.close(self.connection_id)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """The frames received since the tab was opened, or since `forget`."""
        return [frame for token, frame in self.site.frames[self._from :] if token == self.token]

    def forget(self) -> None:
        """Look only at frames received from now on."""
        self._from = len(self.site.frames)

    def deltas(self, var: str) -> list[Any]:
        """Every value sent for a var, such as `public_page.busy`, in order."""
        state, name = var.split(".")
        told = [(frame.get("delta") or {}).get(STATES[state], {}) for frame in self.frames]
        return [each[name + MARK] for each in told if name + MARK in each]

    def shows(self, var: str) -> Any:
        """The last value the tab received for a var, or None if it received none."""
        return (self.deltas(var) or [None])[-1]

    @property
    def inbox(self) -> list[dict[str, Any]]:
        """The messages on the dashboard, newest first, whatever was forgotten."""
        told = [
            (frame.get("delta") or {}).get(STATES["dashboard"], {})
            for token, frame in self.site.frames
            if token == self.token
        ]
        shown = {name: part for each in told for name, part in each.items()}
        return [message for name in shown_state.NAMES for message in shown.get(name + MARK, [])]

    @property
    def redirects(self) -> list[str]:
        """Where the tab was redirected, in order."""
        events = [event for frame in self.frames for event in frame.get("events") or []]
        return [e["payload"]["path"] for e in events if e["name"] == "_redirect"]

    @property
    def received(self) -> str:
        """All frames since `forget`, as searchable text."""
        return json.dumps(self.frames)
