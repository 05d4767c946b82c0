"""The storm brake holds what comes too fast, refuses none of it, and leaves it to the owner."""

from __future__ import annotations

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import InvalidBrake, NotSignedIn
from anonmsg.public import FolderCounts
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import LIMITS, STORMS
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import deletions
from anonmsg.services.inbox import deliveries, delivery_settings, messages, slices, storms
from anonmsg.services.inbox.messages import Draft
from tests import factories
from tests.fakes import Clock
from tests.payloads import JUNK


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def flood(runtime: Runtime, number: int, *, to: str = "ada", name: str = "m") -> list[str]:
    """Send so many messages, one after the other, and return what was announced."""
    told: list[str] = []
    for n in range(number):
        with runtime.context() as ctx:
            assert messages.send_all(ctx, [Draft(to, f"{name}{n}", f"network {n}")]) == [None]
            told += ctx.announced
    return told


def deliver(runtime: Runtime) -> list[str]:
    with runtime.context() as ctx:
        deliveries.deliver_due(ctx)
        return factories.stored(ctx)


def test_by_default_nothing_is_held(runtime: Runtime, ctx: Context, ada: Person) -> None:
    flood(runtime, 40)
    assert (storms.brake_of(ctx, owner_id=ada.id), storms.held(ctx, owner_id=ada.id)) == (0, 0)
    assert len(factories.stored(ctx)) == 40


def test_what_comes_too_fast_is_held_and_its_owner_told(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    factories.person(ctx, "bob")
    storms.choose_brake(ctx, owner_id=ada.id, at=5)
    told = flood(runtime, 12)
    arrivals, storm = topics.arrivals_of(ada.id), topics.storm_of(ada.id)
    assert told == [arrivals] * 5 + [storm] * 7
    assert storms.held(ctx, owner_id=ada.id) == 7
    found = slices.inbox(ctx, owner_id=ada.id)
    assert (found.total, found.counts) == (5, FolderCounts(5, 5))
    # Whoever has no brake isn't held, and others are counted on their own.
    flood(runtime, 12, to="bob")
    assert storms.held(ctx, owner_id=ada.id) == 7
    # What waits for its owner's word isn't delivered by itself, however late.
    clock.move(days=30)
    assert len(deliver(runtime)) == 17
    flood(runtime, 5, name="later")
    assert storms.held(ctx, owner_id=ada.id) == 7


def test_a_batch_in_one_commit_is_held_from_the_same_number_on(ctx: Context, ada: Person) -> None:
    storms.choose_brake(ctx, owner_id=ada.id, at="10")
    drafts = [Draft("ada", f"m{n}", f"n{n}") for n in range(25)]
    assert messages.send_all(ctx, drafts) == [None] * 25
    assert storms.held(ctx, owner_id=ada.id) == 15
    assert len(factories.stored(ctx)) == 10


def test_an_owner_has_them_delivered(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    storms.choose_brake(ctx, owner_id=ada.id, at=5)
    flood(runtime, 9)
    ctx.announced.clear()
    storms.release(ctx, owner_id=ada.id)
    assert ctx.announced == [topics.storm_of(ada.id)]
    assert storms.held(ctx, owner_id=ada.id) == 0
    assert sorted(deliver(runtime)) == [f"m{n}" for n in range(9)]


def test_released_ones_keep_the_promise_that_their_senders_were_shown(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    mine = {"owner_id": ada.id}
    delivery_settings.choose_delivery(ctx, **mine, mode="hourly", hour=0, holds=False)
    storms.choose_brake(ctx, **mine, at=5)
    flood(runtime, 9)
    storms.release(ctx, **mine)
    assert deliver(runtime) == []
    clock.move(hours=1)
    assert len(deliver(runtime)) == 9


def test_an_owner_has_them_deleted_and_nobody_elses(
    runtime: Runtime, ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storms, "BATCH", 2)
    bob = factories.person(ctx, "bob")
    delivery_settings.choose_delivery(ctx, owner_id=ada.id, mode="daily", hour=0, holds=False)
    for each in (ada, bob):
        storms.choose_brake(ctx, owner_id=each.id, at=5)
        flood(runtime, 9, to=each.username)
    storms.discard(ctx, owner_id=ada.id)
    assert storms.held(ctx, owner_id=ada.id) == 0
    assert storms.held(ctx, owner_id=bob.id) == 4
    # What only waits for its delivery stays.
    runtime.clock.move(days=2)  # type: ignore[attr-defined]
    assert len(deliver(runtime)) == 5 + 5


def test_deleting_the_account_deletes_them(runtime: Runtime, ctx: Context, ada: Person) -> None:
    storms.choose_brake(ctx, owner_id=ada.id, at=5)
    flood(runtime, 9)
    deletions.erase(ctx, person_id=ada.id)
    assert storms.held(ctx, owner_id=ada.id) == 0


def test_a_great_many_are_not_counted_to_the_end(
    runtime: Runtime, ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storms, "MOST_COUNTED", 3)
    storms.choose_brake(ctx, owner_id=ada.id, at=5)
    flood(runtime, 9)
    assert storms.held(ctx, owner_id=ada.id) == 3


@pytest.mark.parametrize("junk", [*JUNK, "", "1", 1, -5, 5.0, "05", " 5", "٥", 60])
def test_what_is_no_brake_is_refused(ctx: Context, ada: Person, junk: object) -> None:
    storms.choose_brake(ctx, owner_id=ada.id, at=30)
    with pytest.raises(InvalidBrake):
        storms.choose_brake(ctx, owner_id=ada.id, at=junk)
    assert storms.brake_of(ctx, owner_id=ada.id) == 30
    storms.choose_brake(ctx, owner_id=ada.id, at="0")
    assert storms.brake_of(ctx, owner_id=ada.id) == 0


def test_nobody_without_an_account_has_a_brake(ctx: Context) -> None:
    with pytest.raises(NotSignedIn):
        storms.choose_brake(ctx, owner_id="x", at=5)
    with pytest.raises(NotSignedIn):
        storms.brake_of(ctx, owner_id="x")


def test_every_choice_has_its_limit() -> None:
    assert {f"storm_{each}": f"{each} per minute" for each in storms.CHOICES if each} == {
        name: LIMITS[name] for name in STORMS
    }


def test_what_is_due_comes_without_those_that_came_in_a_storm(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    delivery_settings.choose_delivery(ctx, owner_id=ada.id, mode="hourly", hour=0, holds=False)
    storms.choose_brake(ctx, owner_id=ada.id, at=5)
    flood(runtime, 9)
    clock.move(hours=1)
    assert len(deliver(runtime)) == 5
    assert storms.held(ctx, owner_id=ada.id) == 4
