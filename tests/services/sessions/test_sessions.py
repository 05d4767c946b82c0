"""Sessions: where someone is signed in, and how to end a session."""

from __future__ import annotations

from dataclasses import fields

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import NotSignedIn
from anonmsg.public import BrowserSession
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from tests import factories
from tests.fakes import Clock


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _sign_in(ctx: Context, name: str, label: str = "Firefox on Linux") -> str:
    who = {"identifier": name, "password": factories.PASSWORD, "network": factories.NETWORK}
    pair = sign_ins.sign_in(ctx, **who, label=label)
    return token_pairs.id_from_tokens(ctx, access=pair.access, refresh="")


def _is_in(ctx: Context, session_id: str) -> bool:
    try:
        return sessions.current(ctx, session_id=session_id).session_id == session_id
    except NotSignedIn:
        return False


def test_each_session_has_its_label_and_day_and_this_one_is_first(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    phone = _sign_in(ctx, "ada", "Chrome on Android")
    clock.move(days=1)
    with runtime.context() as later:
        desk = _sign_in(later, "ada", "x" * 100)
        found = sessions.list_active(later, owner_id=ada.id, session_id=phone)
    assert [each.id for each in found] == [phone, desk]
    assert [each.is_this for each in found] == [True, False]
    assert [each.label for each in found] == ["Chrome on Android", "x" * 60]
    assert [each.used_on for each in found] == ["2026-03-04", "2026-03-05"]
    assert [each.last_used for each in found] == ["Last used yesterday", "Last used today"]
    assert {each.name for each in fields(BrowserSession)} == {
        *("id", "label", "used_on", "last_used", "is_this"),
    }


def test_what_was_used_long_ago_says_how_many_days(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    phone = _sign_in(ctx, "ada", "Chrome on Android")
    clock.move(days=6)
    with runtime.context() as later:
        found = sessions.list_active(later, owner_id=ada.id, session_id=phone)
    assert [each.last_used for each in found] == ["Last used 6 days ago"]


def test_one_is_ended_and_the_others_stay(ctx: Context, ada: Person) -> None:
    here, there = _sign_in(ctx, "ada"), _sign_in(ctx, "ada")
    ctx.announced.clear()
    sessions.end(ctx, owner_id=ada.id, session_id=there)
    assert (_is_in(ctx, here), _is_in(ctx, there)) == (True, False)
    assert ctx.announced == [topics.sessions_of(ada.id)]
    found = sessions.list_active(ctx, owner_id=ada.id, session_id=here)
    assert [each.id for each in found] == [here]


def test_all_others_are_ended(ctx: Context, ada: Person) -> None:
    here, *others = (_sign_in(ctx, "ada") for _ in range(4))
    sessions.end_others(ctx, owner_id=ada.id, session_id=here)
    assert _is_in(ctx, here)
    assert not any(_is_in(ctx, each) for each in others)


@pytest.mark.parametrize("junk", [None, "", {}, "x", "\x00", 7])
def test_what_is_no_browser_ends_nothing(ctx: Context, ada: Person, junk: object) -> None:
    here = _sign_in(ctx, "ada")
    sessions.end(ctx, owner_id=ada.id, session_id=junk)
    assert _is_in(ctx, here)


def test_nobody_ends_or_sees_the_browser_of_another(ctx: Context, ada: Person) -> None:
    grace = factories.person(ctx, "grace")
    hers, his = _sign_in(ctx, "ada"), _sign_in(ctx, "grace")
    sessions.end(ctx, owner_id=grace.id, session_id=hers)
    sessions.end_others(ctx, owner_id=grace.id, session_id=his)
    assert _is_in(ctx, hers)
    found = sessions.list_active(ctx, owner_id=grace.id, session_id=his)
    assert [each.id for each in found] == [his]
