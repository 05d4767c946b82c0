"""A page left open longer than its state is kept: 15 minutes without an event.

The next event finds a new state, and Reflex reloads the page on its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import reflex as rx

from anonmsg.database.tables import Person
from anonmsg.framework.keepalive import keep_open_tabs
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import people
from tests import factories
from tests.tabs import Site, Tab


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.fixture
def forget_all(site: Site) -> Callable[[], None]:
    """What the state manager does with every tab that was idle for too long."""
    return site.manager.states.clear


def _received(ctx: Context) -> list[str]:
    return factories.stored(ctx)


async def test_who_wrote_for_long_is_told_that_the_message_was_sent(
    tab: Callable[..., Tab], forget_all: Callable[[], None], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    forget_all()
    await page.ask("public_page.send", form={"message": "hello", "key": "k"})
    assert _received(ctx) == ["hello"]
    assert page.shows("public_page.sent") is True


async def test_who_wrote_for_long_is_told_why_the_message_was_refused(
    tab: Callable[..., Tab], forget_all: Callable[[], None], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    people.accept_messages(ctx, owner_id=ada.id, accepts=False)
    forget_all()
    await page.ask("public_page.send", form={"message": "hello", "key": "k"})
    assert _received(ctx) == []
    assert (page.shows("public_page.inbox"), page.shows("public_page.owner")) == ("closed", "ada")


async def test_a_sign_up_that_took_long_is_told_why_it_was_refused(
    tab: Callable[..., Tab], forget_all: Callable[[], None]
) -> None:
    page = await tab("/sign-up").load()
    forget_all()
    await page.ask("sign_up.submit", form={"username": "a", "email": "", "password": ""})
    assert set(page.shows("sign_up.errors")) == {"username", "email", "password"}


async def test_an_open_tab_is_not_forgotten_and_a_closed_one_is(
    tab: Callable[..., Tab], site: Site, ada: Person
) -> None:
    page, left = await tab("/u/ada").load(), await tab("/u/ada").load()
    deadlines = site.manager._token_expires_at
    for key, (_, token) in list(deadlines.items()):
        deadlines[key] = (0.0, token)

    app = SimpleNamespace(
        event_namespace=SimpleNamespace(token_to_sid={page.token: page.sid}),
        state_manager=site.manager,
        _state=rx.State,
    )
    task = asyncio.create_task(keep_open_tabs(app, every=0))
    while not any(until for until, _ in deadlines.values()):
        await asyncio.sleep(0)
    task.cancel()

    kept = {token.ident for until, token in deadlines.values() if until}
    assert kept == {page.token}
    assert left.token not in kept
