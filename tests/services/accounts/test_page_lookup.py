"""The quick look-up of a page answers what the use case answers, for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anonmsg.database.reader import EngineReader, Reader
from anonmsg.database.tables import Person
from anonmsg.errors import PageNotFound
from anonmsg.public import PublicPage
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import page_lookup, people, profiles, sign_ups
from tests import factories


def slowly(ctx: Context, key: str) -> PublicPage | None:
    """What the use case answers."""
    try:
        return people.page(ctx, username=key)
    except PageNotFound:
        return None


def change(ctx: Context, person: Person, **values: object) -> None:
    with ctx.writing() as db:
        for name, value in values.items():
            setattr(person, name, value)
        db.add(person)


@pytest.fixture(params=["SQLite's own", "the engine's"])
def reader(request: pytest.FixtureRequest, runtime: Runtime) -> Reader:
    if request.param == "SQLite's own":
        return runtime.database.reader
    return EngineReader(runtime.database.engine)


def test_everybody_is_found_or_not_as_by_the_use_case(ctx: Context, reader: Reader) -> None:
    keys = ["open", "closed", "told", "banned", "leaving", "waiting", "nobody", "", "mover"]
    people_of = {key: factories.person(ctx, key) for key in keys[:5]}
    change(ctx, people_of["closed"], accepts_messages=False)
    change(ctx, people_of["told"], display_name="Tólld", prompt="Ask 'me'", bio="a\nb")
    change(ctx, people_of["banned"], banned_at=ctx.now)
    change(ctx, people_of["leaving"], leaves_at=ctx.now + timedelta(days=7))
    sign_ups.sign_up(
        ctx, username="waiting", email="w@example.com", password=factories.PASSWORD, network="n"
    )
    mover = factories.person(ctx, "mover")
    profiles.rename(ctx, owner_id=mover.id, username="moved")
    for days in (0, 29, 31):
        ctx.now += timedelta(days=days)
        for key in [*keys, "moved"]:
            found = page_lookup.page(reader, ctx.now, key)
            assert found == slowly(ctx, key), (days, key)
    assert page_lookup.page(reader, ctx.now, "told") == PublicPage(
        "told", accepts_messages=True, display_name="Tólld", prompt="Ask 'me'", bio="a\nb"
    )
    assert page_lookup.page(reader, ctx.now, "moved") is not None


def test_a_change_is_seen_at_once(ctx: Context, reader: Reader) -> None:
    ada = factories.person(ctx)
    for accepts in (False, True):
        people.accept_messages(ctx, owner_id=ada.id, accepts=accepts)
        found = page_lookup.page(reader, ctx.now, "ada")
        assert found is not None
        assert found.accepts_messages is accepts


async def test_the_runtime_asks_without_a_session(
    runtime: Runtime, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.person(ctx)
    monkeypatch.setattr(runtime.database, "open", lambda: pytest.fail("opened a session"))
    found = await runtime.glance(page_lookup.page, "ada")
    assert found is not None
    assert await runtime.glance(page_lookup.page, "nobody") is None
    runtime.database.reader = EngineReader(runtime.database.engine)
    assert await runtime.glance(page_lookup.page, "ada") == found
