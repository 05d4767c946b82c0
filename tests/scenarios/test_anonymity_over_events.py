"""No trace of a sender is kept: not on disk, in memory, in a log or in a frame."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory

from anonmsg.config import Settings
from anonmsg.framework.connections import connections
from anonmsg.framework.pushes import Pushes
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.sessions import sign_ins
from anonmsg.web.asgi import around
from tests import factories
from tests.live_app import APP, TOPICS
from tests.sockets import Socket
from tests.tabs import ROOT, STATES

TEXT = "the words of the message"
ADDRESS = "203.0.113.77"
# What a browser and the proxies on the way reveal about a sender.
SENDERS_HEADERS = {
    "User-Agent": "marker-user-agent",
    "Cookie": "tracker=marker-cookie; connection=marker-connection",
    "X-Forwarded-For": "198.51.100.99",
    "X-Real-IP": "198.51.100.98",
    "Forwarded": "for=198.51.100.97",
    "Referer": "http://localhost:3000/marker-referer",
    "Accept-Language": "marker-language",
    "Sec-CH-UA-Platform": "marker-platform",
    "Sec-WebSocket-Protocol": "marker-of/protocol",
    "Authorization": "Bearer marker-authorization",
    "X-Marker": "marker-header",
}
MARKERS = ["marker-", ADDRESS, "198.51.100.9"]


@pytest.fixture
async def served(runtime: Runtime, settings: Settings) -> AsyncIterator[StateManagerMemory]:
    """The served app's own event pipeline, on the test's runtime."""
    APP._set_contexts_internal()
    before = APP._state_manager
    APP._state_manager = manager = StateManagerMemory()
    runtime.hub.tell, connections.on_close = Pushes(APP, TOPICS).tell, runtime.hub.leave
    async with APP._setup_event_processor():
        yield manager
    await manager.close()
    APP._state_manager, APP._event_processor = before, None
    connections.on_close = lambda _connection_id: None


def _found(markers: list[str], *places: bytes) -> set[str]:
    return {each for each in markers for place in places if each.encode() in place}


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def _memory(manager: StateManagerMemory) -> list[bytes]:
    """Each visitor's whole state, pickled as a state manager would write it to disk."""
    return [b"".join(map(pickle.dumps, _tree(state))) for state in manager.states.values()]


def _tree(state: rx.State) -> Iterator[rx.State]:
    yield state
    for below in state.substates.values():
        yield from _tree(below)


async def test_nothing_that_could_name_a_sender_is_kept_anywhere(
    served: StateManagerMemory,
    settings: Settings,
    ctx: Context,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    factories.person(ctx)
    signed_in = sign_ins.sign_in(ctx, identifier="ada", password=factories.PASSWORD, network="hers")
    app = around(APP._api, settings, None)
    origin = {"Host": "localhost:3000", "Origin": "http://localhost:3000"}
    hers = origin | {"Cookie": f"access={signed_in.access}; refresh={signed_in.refresh}"}
    marked = origin | SENDERS_HEADERS
    async with (
        Socket(app, hers, address="127.0.0.1") as owner,
        Socket(app, marked, address=ADDRESS, query="&from=marker-query") as sender,
    ):
        await owner.send(f"{STATES['dashboard']}.load", "/dashboard")
        await owner.until('"loaded_rx_state_":true')
        await sender.send(f"{ROOT}.hydrate_and_load", "/u/ada", vars={}, hashes=None)
        await sender.send(
            f"{STATES['public_page']}.send", "/u/ada", form={"message": TEXT, "key": "k"}
        )
        await sender.until('"sent_rx_state_":true')
        await owner.until(TEXT)
        memory, disk = _memory(served), _files(settings.data_dir)
        assert len(memory) == 2
        told = ["".join(each.frames).encode() for each in (owner, sender)]
    log = caplog.text.encode()
    # The search finds the text where it belongs (the owner's state and what the owner was
    # sent) and nowhere else; on the disk, where others are found, it's sealed.
    assert _found([TEXT], told[0]) == {TEXT}
    assert _found([TEXT, "ada@example.com"], *disk) == {"ada@example.com"}
    assert factories.stored(ctx) == [TEXT]
    assert sum(TEXT.encode() in each for each in memory) == 1
    assert _found([TEXT], log, told[1]) == set()
    assert _found(MARKERS, *disk, *memory, *told, log) == set()
    # No token reaches a state, a frame or a log either.
    tokens = [signed_in.access, signed_in.refresh]
    assert _found(tokens, *disk, *memory, *told, log) == set()


async def test_the_search_would_find_what_reflex_keeps_without_the_doorway(
    served: StateManagerMemory, ctx: Context
) -> None:
    factories.person(ctx)
    origin = {"Host": "localhost:3000", "Origin": "http://localhost:3000"}
    # The guard drops events from a socket that bypassed the doorway, but by then
    # Reflex has stored its headers.
    async with Socket(APP._api, origin | SENDERS_HEADERS, address=ADDRESS) as sender:
        await sender.send(f"{ROOT}.hydrate_and_load", "/u/ada", vars={}, hashes=None)
        while not _found([ADDRESS], *_memory(served)):
            await asyncio.sleep(0)
        assert _found(MARKERS, *_memory(served)) == set(MARKERS)
