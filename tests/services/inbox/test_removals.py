"""What is deleted without anybody looking on: the trash after 30 days, an account's messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anonmsg.database.tables import Person
from anonmsg.public import FolderCounts
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import purges
from anonmsg.services.accounts import deletions
from anonmsg.services.inbox import folders, moves, removals
from tests import factories
from tests.fakes import Clock
from tests.races import contexts_at_once


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def test_the_trash_is_emptied_after_30_days_and_nothing_else(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    sent = factories.messages(ctx, ada, "kept", "archived", "trashed", "restored")
    _, archived, trashed, restored = (each.id for each in sent)
    moves.archive(ctx, owner_id=ada.id, ids=archived)
    moves.trash(ctx, owner_id=ada.id, ids=[trashed, restored])
    moves.restore(ctx, owner_id=ada.id, ids=restored)
    clock.move(days=30)
    with runtime.context() as later:
        purges.purge(later)
        assert len(factories.stored(later)) == 4
        assert later.announced == []
    clock.move(days=1)
    with runtime.context() as later:
        purges.purge(later)
        assert sorted(factories.stored(later)) == ["archived", "kept", "restored"]
        assert later.announced == [topics.inbox_of(ada.id)]
        counts = folders.counts(later, owner_id=ada.id)
    assert counts == FolderCounts(inbox=2, inbox_unread=2, archive=1, archive_unread=1)


def test_thousands_go_in_batches_and_by_several_workers(
    runtime: Runtime, ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removals, "BATCH", 7)
    old = (ctx.now - timedelta(days=31)).date()
    factories.messages(ctx, ada, *("m" for _ in range(50)), folder="trash", trashed_on=old)
    factories.messages(ctx, ada, "kept")
    assert contexts_at_once(runtime, 3, lambda each, _: removals.empty_trash(each)) == [None] * 3
    assert factories.stored(ctx) == ["kept"]
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(inbox=1, inbox_unread=1)


def test_an_account_with_many_messages_goes_whole(
    ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removals, "BATCH", 7)
    eve = factories.person(ctx, "eve")
    for owner in (ada, eve):
        factories.messages(ctx, owner, *(f"to {owner.username}" for _ in range(20)))
    deletions.erase(ctx, person_id=ada.id)
    assert factories.stored(ctx) == ["to eve"] * 20
