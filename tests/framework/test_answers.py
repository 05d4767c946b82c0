"""Answers to exceptions: one notice, one line of log, and no event that fails in its turn."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory

from anonmsg import anonmsg as served_app
from anonmsg.config import Settings
from anonmsg.database.tables import Person
from anonmsg.framework.connections import connections
from anonmsg.framework.guard import PAGE_OPENED, handlers_of
from anonmsg.framework.recovery import LONGEST_WAIT_SECONDS, Recovery
from anonmsg.pages import STATES as STATE_CLASSES
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.runtime.topics import Tab as Watcher
from anonmsg.services.sessions import sign_ins
from anonmsg.web.asgi import around
from tests import factories
from tests.broken import LOCKED, locked
from tests.live_app import APP
from tests.sockets import Socket
from tests.tabs import ROOT, STATES, Site, Tab

SORRY = "Something went wrong on our end. Try again. ("
EVENTS = sorted({name for each in STATE_CLASSES for name in handlers_of(each)} | PAGE_OPENED)


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def incidents(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]


def arguments(name: str) -> dict[str, object]:
    """An empty form for each argument that a handler must have."""
    place, _, handler = f"{ROOT}.{name}".rpartition(".")
    takes = inspect.signature(rx.State.get_class_substate(place).event_handlers[handler].fn)
    (_, *others) = takes.parameters.values()
    return {each.name: {} for each in others if each.default is each.empty}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.usefixtures("ada")
async def test_any_event_of_an_owner_ends_in_one_notice_while_the_database_fails(
    tab: Callable[..., Tab],
    site: Site,
    runtime: Runtime,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    page = await tab("/dashboard", "ada").load()
    page.forget()
    with locked(runtime):
        await page.send(f"{ROOT}.{name}", **arguments(name))
    assert len(page.deltas("frame.notice")) == 1
    assert page.shows("frame.notice").startswith(SORRY)
    assert len(page.frames) == 1
    (line,) = incidents(caplog)
    assert LOCKED in line
    assert site.answers.under_way == set()


@pytest.mark.usefixtures("ada")
async def test_a_handler_that_fails_is_told_once(
    tab: Callable[..., Tab], runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    page = await tab("/u/ada").load()
    page.forget()
    with locked(runtime):
        await page.ask("public_page.send", form={"message": "hello", "key": "k"})
    assert [each[:10] for each in page.deltas("frame.notice")] == [SORRY[:10]]
    assert page.deltas("public_page.busy") == [True, False]
    assert len(incidents(caplog)) == 1
    await page.ask("public_page.send", form={"message": "hello", "key": "k"})
    assert page.shows("public_page.sent") is True


@pytest.mark.usefixtures("ada")
async def test_an_answer_that_fails_is_not_answered(
    tab: Callable[..., Tab], site: Site, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    page = await tab("/dashboard", "ada").load()
    page.forget()

    async def gone(_update: Any, _token: str) -> None:
        raise ConnectionResetError("what somebody typed")

    site.emit_update = gone
    with locked(runtime):
        await page.ask("dashboard.load")
    assert page.frames == []
    assert [each.partition(":")[0][:8] for each in incidents(caplog)] == ["Incident", "A notice"]
    assert "what somebody typed" not in caplog.text


async def test_only_what_loads_a_page_is_loaded_again(
    tab: Callable[..., Tab], site: Site, ada: Person, runtime: Runtime
) -> None:
    waiting = served_app.recovery._waiting
    waiting.clear()
    page = await tab("/dashboard", "ada").load()
    with locked(runtime):
        await page.ask("dashboard.act", what="trash", ids="x")
        assert waiting == {}
        for name in ("dashboard.load", "dashboard.look_again", "frame.load"):
            await page.ask(name)
            assert waiting.pop(page.connection_id) == page.token
        # A push carries nothing that says where it goes.
        await site.pushes.tell(Watcher(page.token, page.connection_id), f"inbox:{ada.id}")
        await site.settle()
    assert waiting == {page.connection_id: page.token}
    page.close()
    assert connections.of_tab(page.token) == ""


@pytest.fixture
async def served(runtime: Runtime) -> AsyncIterator[None]:
    """The served app's own event pipeline, and its recovery, on the test's runtime."""
    APP._set_contexts_internal()
    before = APP._state_manager
    APP._state_manager = manager = StateManagerMemory()
    async with APP._setup_event_processor():
        looking = asyncio.create_task(served_app.recovery.load_again(every=0.05))
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
    await manager.close()
    APP._state_manager, APP._event_processor = before, None
    connections.on_close = lambda _connection_id: None


@pytest.mark.usefixtures("served", "ada")
async def test_a_tab_comes_back_by_itself_when_the_database_does(
    settings: Settings, ctx: Context, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    signed_in = sign_ins.sign_in(ctx, identifier="ada", password=factories.PASSWORD, network="hers")
    app = around(APP._api, settings, None)
    headers = {"Host": "localhost:3000", "Origin": "http://localhost:3000"}
    headers |= {"Cookie": f"access={signed_in.access}; refresh={signed_in.refresh}"}
    load = f"{STATES['dashboard']}.load"
    async with Socket(app, headers, address="127.0.0.1") as owner:
        with locked(runtime):
            await owner.send(load, "/dashboard")
            await owner.until(SORRY)
            await asyncio.sleep(0.2)
            # As long as the database fails, the socket stays, and nothing more is logged.
            assert not owner._task.done()
            assert len(incidents(caplog)) == 1
        async with asyncio.timeout(10):
            while not owner._task.done():
                await asyncio.sleep(0.01)
        assert owner.closed_with == 1012
    # What Reflex's client does then.
    async with Socket(app, headers, address="127.0.0.1") as again:
        await again.send(load, "/dashboard")
        await again.until('"loaded_rx_state_":true')


async def test_a_tab_that_fails_for_another_reason_is_loaded_ever_more_rarely(
    runtime: Runtime,
) -> None:
    del runtime
    closed: list[str] = []

    def a_tab() -> Watcher:
        connection_id = connections.open("n", "")

        async def end() -> None:
            closed.append(connection_id)

        connections.ends_by(connection_id, end)
        return Watcher("token", connection_id)

    now = 1000.0
    waiting = Recovery(clock=lambda: now)
    looking = asyncio.create_task(waiting.load_again(every=0))
    waits = []
    for _ in range(12):
        began, before = now, len(closed)
        waiting.wait_for(a_tab())
        while len(closed) == before:
            await asyncio.sleep(0.005)
            now += 0.0 if len(closed) > before else 1.0
        waits.append(now - began)
    looking.cancel()
    assert waits[:8] == sorted(waits[:8])
    assert waits[0] < 5
    assert waits[-1] >= LONGEST_WAIT_SECONDS


async def test_a_tab_that_closes_meanwhile_is_not_kept(runtime: Runtime) -> None:
    waiting = Recovery()
    connection_id = connections.open("n", "")
    with locked(runtime):
        looking = asyncio.create_task(waiting.load_again(every=0.01))
        waiting.wait_for(Watcher("token", connection_id))
        connections.close(connection_id)
        while waiting._waiting:
            await asyncio.sleep(0.01)
        looking.cancel()


def test_a_tab_whose_socket_has_closed_waits_for_nothing() -> None:
    waiting = Recovery()
    waiting.wait_for(Watcher("token", "no such connection"))
    assert waiting._waiting == {}
