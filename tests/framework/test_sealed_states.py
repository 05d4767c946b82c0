"""Tabs' states in Redis: sealed, each bound to its place, kept together, and lost in peace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace

import pytest
import reflex as rx

from anonmsg.config import STATE_LIVES, Settings
from anonmsg.database.tables import Person
from anonmsg.framework.keepalive import keep_open_tabs
from anonmsg.framework.sealed_states import SealedStates
from anonmsg.framework.tab_records import LIVES_SECONDS, TabRecords
from anonmsg.runtime.context import Context
from anonmsg.runtime.shared.redis_link import RedisLink
from tests import factories
from tests.redis_server import RedisServer, redis_server
from tests.services.test_shared_counts import link_to
from tests.tabs import Tab

TEXT = "the words of the message"


@pytest.fixture
async def link(own_redis: RedisServer) -> AsyncIterator[RedisLink]:
    made = link_to(own_redis)
    yield made
    await made.close_loop()


@pytest.fixture
def manager(link: RedisLink, settings: Settings) -> SealedStates:
    """Lets the site keep its states in Redis."""
    return SealedStates.of(settings, link)


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def values(own_redis: RedisServer) -> dict[bytes, bytes]:
    """Every string that Redis holds."""
    with own_redis.client() as client:
        return {key: client.get(key) or b"" for key in client.scan_iter()}


async def dashboard(tab: Callable[..., Tab], ctx: Context, owner: Person) -> Tab:
    """An owner's tab that shows a message."""
    hers = await tab("/dashboard", "ada").load()
    sender = await tab("/u/ada").load()
    await sender.ask("public_page.send", form={"message": TEXT})
    assert [each["content"] for each in hers.inbox] == [TEXT]
    return hers


async def test_a_tab_s_state_is_sealed_and_comes_back(
    tab: Callable[..., Tab], link: RedisLink, ada: Person, ctx: Context, own_redis: RedisServer
) -> None:
    hers = await dashboard(tab, ctx, ada)
    held = values(own_redis)
    assert len(held) > 10
    for key, value in held.items():
        for word in (TEXT, hers.token, ada.id, hers.session_id, "ada", "reflex"):
            assert word.encode() not in value
        assert hers.token.encode() not in key
    hers.forget()
    await hers.ask("dashboard.look_again")
    assert hers.redirects == []
    state = await hers.site.manager.get_state(rx.BaseStateToken(ident=hers.token, cls=rx.State))
    assert state.router.session.client_token == hers.token


async def test_a_value_that_was_altered_or_moved_is_no_state(
    tab: Callable[..., Tab], link: RedisLink, ada: Person, ctx: Context, own_redis: RedisServer
) -> None:
    hers, other = await dashboard(tab, ctx, ada), await tab("/u/ada").load()
    hidden = [link.hashed("tab", each.token) for each in (hers, other)]
    manager = hers.site.manager
    root = rx.State.get_full_name()
    with own_redis.client() as client:
        client.set(f"{hidden[1]}_{root}", client.get(f"{hidden[0]}_{root}"))
        state = await manager.get_state(rx.BaseStateToken(ident=other.token, cls=rx.State))
        assert state.router.session.client_token == ""
        client.set(f"{hidden[0]}_{root}", b"cos\nsystem\n(S'false'\ntR.")
    state = await manager.get_state(rx.BaseStateToken(ident=hers.token, cls=rx.State))
    assert state.router.session.client_token == ""


async def test_all_keys_of_an_open_tab_are_kept_together(
    tab: Callable[..., Tab], link: RedisLink, ada: Person, ctx: Context, own_redis: RedisServer
) -> None:
    page, left = await dashboard(tab, ctx, ada), await tab("/u/ada").load()
    hidden = {each: link.hashed("tab", each.token).encode() for each in (page, left)}
    with own_redis.client() as client:
        for key in client.scan_iter():
            client.expire(key, 5)
        app = SimpleNamespace(
            event_namespace=SimpleNamespace(token_to_sid={page.token: page.sid}),
            state_manager=page.site.manager,
            _state=rx.State,
        )
        task = asyncio.create_task(keep_open_tabs(app, every=0.01))
        async with asyncio.timeout(20):
            while any(client.ttl(key) <= 5 for key in client.keys(hidden[page] + b"_*")):
                await asyncio.sleep(0.01)
        task.cancel()
        kept = client.keys(hidden[page] + b"_*")
        assert len(kept) > 10
        assert all(STATE_LIVES - 20 < client.ttl(key) <= STATE_LIVES for key in kept)
        assert all(client.ttl(key) <= 5 for key in client.keys(hidden[left] + b"_*"))


async def test_an_event_while_redis_is_away_is_one_line_of_log_and_then_all_works(
    tab: Callable[..., Tab], ada: Person, own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    page = await tab("/u/ada").load()
    own_redis.stop()
    caplog.set_level(logging.INFO)
    caplog.clear()
    page.forget()
    await page.ask("public_page.send", form={"message": TEXT})
    assert "Something went wrong on our end" in page.received
    assert len(caplog.records) <= 2
    own_redis.start()
    page.forget()
    await page.load(again=True)
    await page.ask("public_page.send", form={"message": TEXT})
    assert page.shows("public_page.sent") is True


async def records(server: RedisServer) -> TabRecords:
    return TabRecords(link_to(server))


async def test_a_tabs_twin_elsewhere_gets_a_token_of_its_own(own_redis: RedisServer) -> None:
    one, other = await records(own_redis), await records(own_redis)
    assert await one.link_token_to_sid("t", "s1") is None
    assert await one.link_token_to_sid("t", "s1") is None
    twin = await other.link_token_to_sid("t", "s2")
    here = await one.link_token_to_sid("t", "s3")
    assert twin
    assert here
    assert len({"t", twin, here}) == 3
    assert other.token_to_sid[twin] == "s2"
    with own_redis.client() as client:
        assert len(client.keys()) == 3
        assert all(0 < client.ttl(key) <= LIVES_SECONDS for key in client.scan_iter())
        assert not [key for key in client.scan_iter() if key.endswith(b":t")]
    # It has left the one process and comes to the other.
    await one.disconnect_token("t", "another socket")
    assert await other.link_token_to_sid("t", "s4")
    await one.disconnect_token("t", "s1")
    assert await other.link_token_to_sid("t", "s5") is None
    for each in (one, other):
        await each._link.close_loop()


async def test_records_are_renewed_and_made_again() -> None:
    with redis_server() as server:
        one = await records(server)
        await one.link_token_to_sid("t", "s1")
        server.stop()
        assert await one.link_token_to_sid("u", "s2") is None
        await one.disconnect_token("u", "s2")
        server.start()
        one._link._away_until = 0.0
        await one.renew()
        other = await records(server)
        assert await other.link_token_to_sid("t", "s3")
        for each in (one, other):
            await each._link.close_loop()
