"""How long messages are kept: as their owner says, and never longer than the operator does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import InvalidRetention, NotSignedIn
from anonmsg.public import FolderCounts, Retention
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import purges
from anonmsg.services.inbox import folders, removals, retention
from tests import factories
from tests.payloads import JUNK
from tests.races import contexts_at_once

AGES = (0, 29, 30, 31, 89, 91, 364, 366)


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def fill(ctx: Context, owner: Person) -> None:
    """Add messages of every age, plain and starred, to every folder."""
    times = [ctx.now - timedelta(days=age) for age in AGES]
    for place in folders.PLACES:
        for starred in (False, True):
            names = [f"{age}{' starred' if starred else ''}" for age in AGES]
            day = ctx.now.date() if place == "trash" else None
            more = {"folder": place, "is_starred": starred, "trashed_on": day}
            factories.messages(ctx, owner, *names, sent_at=times, **more)


def ages(ctx: Context) -> tuple[set[int], set[int]]:
    """The ages of the plain and of the starred messages that are left."""
    plain, starred = set(), set()
    for text in factories.stored(ctx):
        (starred if "starred" in text else plain).add(int(text.split()[0]))
    return plain, starred


def at_most(ctx: Context, days: int) -> None:
    ctx.settings = ctx.settings.model_copy(update={"keep_messages_at_most_days": days})


ALL = set(AGES)


@pytest.mark.parametrize(
    ("days", "keep_starred", "most", "plain", "starred"),
    [
        (0, True, 0, ALL, ALL),
        (0, False, 0, ALL, ALL),
        (365, True, 0, ALL - {366}, ALL),
        (90, False, 0, {0, 29, 30, 31, 89}, {0, 29, 30, 31, 89}),
        (30, True, 0, {0, 29, 30}, ALL),
        (30, False, 0, {0, 29, 30}, {0, 29, 30}),
        (0, True, 90, {0, 29, 30, 31, 89}, {0, 29, 30, 31, 89}),
        (30, True, 90, {0, 29, 30}, {0, 29, 30, 31, 89}),
        (365, True, 30, {0, 29, 30}, {0, 29, 30}),
        (0, True, 1, {0}, {0}),
    ],
)
def test_what_nobody_keeps_is_deleted_and_the_counts_stay_right(
    ctx: Context, ada: Person, *, days: int, keep_starred: bool, most: int,
    plain: set[int], starred: set[int],
) -> None:  # fmt: skip
    fill(ctx, ada)
    retention.choose(ctx, owner_id=ada.id, days=days, keep_starred=keep_starred)
    at_most(ctx, most)
    assert len(factories.stored(ctx)) == len(AGES) * 6
    ctx.announced.clear()
    purges.purge(ctx)
    assert ages(ctx) == (plain, starred)
    each = len(plain) + len(starred)
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(
        *(each, each, each, each), starred=2 * len(starred), trash=each
    )
    is_less = each < 2 * len(AGES)
    assert ctx.announced == [topics.inbox_of(ada.id)] * is_less
    purges.purge(ctx)
    assert len(ctx.announced) == is_less


def test_each_owner_decides_for_themselves(
    ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    old = [ctx.now - timedelta(days=40)]
    others = [factories.person(ctx, f"p{number}") for number in range(5)]
    for number, owner in enumerate([ada, *others]):
        factories.messages(ctx, owner, owner.username, sent_at=old)
        days = 30 if number % 2 else 90
        retention.choose(ctx, owner_id=owner.id, days=days, keep_starred=True)
    retention.purge(ctx)
    assert sorted(factories.stored(ctx)) == ["ada", "p1", "p3"]
    at_most(ctx, 39)
    retention.purge(ctx)
    assert factories.stored(ctx) == []


@pytest.mark.parametrize("days", ["0", 0, "30", 30, 90, "365"])
def test_a_choice_is_kept_and_told_to_other_tabs(ctx: Context, ada: Person, days: object) -> None:
    assert retention.of(ctx, owner_id=ada.id) == Retention()
    retention.choose(ctx, owner_id=ada.id, days=days, keep_starred=False)
    number = int(str(days))
    chosen = retention.of(ctx, owner_id=ada.id)
    assert chosen == Retention(number, keep_starred=False, at_most=0, in_effect=number)
    assert ctx.announced == [topics.inbox_of(ada.id)]
    at_most(ctx, 50)
    assert retention.of(ctx, owner_id=ada.id).in_effect == min(number or 50, 50)


@pytest.mark.parametrize("days", [*JUNK, "", "31", 1, -30, 30.0, "٣٠", " 30", "030", "1e1", [30]])
def test_what_is_no_choice_is_refused(ctx: Context, ada: Person, days: object) -> None:
    retention.choose(ctx, owner_id=ada.id, days=90, keep_starred=True)
    with pytest.raises(InvalidRetention):
        retention.choose(ctx, owner_id=ada.id, days=days, keep_starred=True)
    assert retention.of(ctx, owner_id=ada.id).days == 90


@pytest.mark.parametrize("keep", [each for each in JUNK if each is not True] + ["true", 1, "on"])
def test_what_is_no_answer_keeps_no_starred_ones(ctx: Context, ada: Person, keep: object) -> None:
    retention.choose(ctx, owner_id=ada.id, days=90, keep_starred=keep)
    assert retention.of(ctx, owner_id=ada.id).keep_starred is False


def test_nobody_without_an_account_chooses(ctx: Context) -> None:
    with pytest.raises(NotSignedIn):
        retention.choose(ctx, owner_id="nobody", days=30, keep_starred=True)
    with pytest.raises(NotSignedIn):
        retention.of(ctx, owner_id="nobody")


def test_several_workers_delete_at_once(
    runtime: Runtime, ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removals, "BATCH", 5)
    fill(ctx, ada)
    retention.choose(ctx, owner_id=ada.id, days=30, keep_starred=False)
    assert contexts_at_once(runtime, 4, lambda each, _: retention.purge(each)) == [None] * 4
    assert ages(ctx) == ({0, 29, 30}, {0, 29, 30})
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(6, 6, 6, 6, 6, 6)
