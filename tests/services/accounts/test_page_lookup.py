"""The quick look-up of a page finds whom the other use cases find, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anonmsg.database.reader import Reader
from anonmsg.database.tables import Person
from anonmsg.public import PublicPage
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import page_lookup, people, profiles, sign_ups
from tests import factories
from tests.engine_reader import EngineReader

REOPENS = "Opens again on Friday, 3 April 2026, 16:30 (UTC+4:30)."


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


def test_whoever_has_a_page_is_found_and_nobody_else(ctx: Context, reader: Reader) -> None:
    people_of = {
        key: factories.person(ctx, key) for key in ("open", "shut", "told", "rest", "bad", "off")
    }
    change(ctx, people_of["shut"], accepts_messages=False)
    change(ctx, people_of["told"], display_name="Tólld", prompt="Ask 'me'", bio="a\nb")
    change(
        ctx, people_of["rest"], paused_until=ctx.now + timedelta(days=30), time_zone="Asia/Kabul"
    )
    change(ctx, people_of["bad"], banned_at=ctx.now)
    change(ctx, people_of["off"], leaves_at=ctx.now + timedelta(days=7))
    sign_ups.sign_up(
        ctx, username="waiting", email="w@example.com", password=factories.PASSWORD, network="n"
    )
    mover = factories.person(ctx, "mover")
    profiles.rename(ctx, owner_id=mover.id, username="moved")
    told = PublicPage("told", True, display_name="Tólld", prompt="Ask 'me'", bio="a\nb")  # noqa: FBT003
    pages = {
        "open": PublicPage("open", accepts_messages=True),
        "shut": PublicPage("shut", accepts_messages=False),
        "told": told,
        "rest": PublicPage("rest", accepts_messages=False, reopens=REOPENS),
        "moved": PublicPage("moved", accepts_messages=True),
    }
    opened = pages | {"rest": PublicPage("rest", accepts_messages=True)}
    led = {"mover": pages["moved"]}
    nobody = dict.fromkeys(("bad", "off", "waiting", "nobody", "", "OPEN"))
    # A former name leads on for 30 days.
    for days, known in ((0, pages | led), (29, pages | led), (31, opened | dict.fromkeys(led))):
        later = ctx.now + timedelta(days=days)
        for key, expected in (known | nobody).items():
            assert page_lookup.page(reader, later, key) == expected, (days, key)


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
