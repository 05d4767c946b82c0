"""The kept counts are those that counting gives, whatever was done and by how many at once."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, func, select, update

from anonmsg.database.tables import Message, Person
from anonmsg.errors import AppError
from anonmsg.public import FolderCounts, InboxChange
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import purges
from anonmsg.services.inbox import folders, moves, slices
from anonmsg.services.inbox.undo import undo
from tests import factories
from tests.races import contexts_at_once
from tests.services.inbox.test_moves import CASES

DOING: dict[str, Callable[..., InboxChange]] = {name: case.do for name, case in CASES.items()}
STEPS = st.one_of(
    st.tuples(st.sampled_from(sorted(DOING)), st.sets(st.integers(0, 9), min_size=1)),
    st.tuples(st.just("mark_all_read"), st.sampled_from(list(folders.Folder))),
    st.tuples(st.just("send"), st.integers(1, 3)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("purge"), st.integers(1, 40)),
)


def counted(ctx: Context, owner_id: str) -> FolderCounts:
    """Count what the triggers keep."""

    def count(*condition: Any) -> int:
        asked = select(func.count()).select_from(Message).where(Message.person_id == owner_id)
        return ctx.db.exec(asked.where(*condition, col(Message.is_test).is_(False))).one()

    unread, starred = col(Message.is_unread).is_(True), col(Message.is_starred).is_(True)
    place = col(Message.folder)
    with ctx.reading():
        return FolderCounts(
            count(place == "inbox"),
            count(place == "inbox", unread),
            count(place == "archive"),
            count(place == "archive", unread),
            count(starred, place != "trash"),
            count(place == "trash"),
        )


def expect_right(ctx: Context, *owners: Person) -> None:
    for owner in owners:
        assert folders.counts(ctx, owner_id=owner.id) == counted(ctx, owner.id)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=st.lists(STEPS, max_size=25))
def test_after_every_step_the_counts_are_right(
    runtime: Runtime, ctx: Context, steps: list[tuple[str, Any]]
) -> None:
    owner = factories.person(ctx, f"p{secrets.token_hex(6)}")
    factories.messages(ctx, owner, *(f"m{n}" for n in range(6)))
    factories.messages(ctx, owner, "test 1", "test 2", is_test=True, is_unread=False)
    changes: list[InboxChange] = []
    with runtime.context() as mine:
        for name, what in steps:
            _step(mine, owner, name, what, changes)
            expect_right(mine, owner)
        for change in reversed(changes):
            if change.act != "delete_forever":
                _step(mine, owner, "take back", change, changes)
                expect_right(mine, owner)


def _step(ctx: Context, owner: Person, name: str, what: Any, changes: list[InboxChange]) -> None:
    asked = {"owner_id": owner.id}
    try:
        if name == "send":
            for _ in range(what):
                factories.send(ctx, username=owner.username, content="sent", network="n")
        elif name == "purge":
            ctx.now += timedelta(days=what)
            purges.purge(ctx)
        elif name == "undo":
            undo(ctx, **asked, change=changes[what % len(changes)] if changes else None)
        elif name == "take back":
            undo(ctx, **asked, change=what)
        elif name == "mark_all_read":
            changes.append(moves.mark_all_read(ctx, **asked, folder=what))
        else:
            with ctx.reading() as db:
                mine = select(Message.id).where(Message.person_id == owner.id)
                ids = sorted(db.exec(mine).all())
            wanted = [ids[n % len(ids)] for n in what] if ids else []
            changes.append(DOING[name](ctx, **asked, ids=wanted))
    except AppError:
        # What is no longer there is refused; the counts have to be right all the same.
        return


def test_the_counts_stay_right_when_all_happens_at_once(runtime: Runtime, ctx: Context) -> None:
    ada, eve = factories.person(ctx), factories.person(ctx, "eve")
    ids = [each.id for each in factories.messages(ctx, ada, *(f"m{n}" for n in range(30)))]
    factories.messages(ctx, eve, "to eve")

    def job(each: Context, number: int) -> None:
        chosen = random.Random(number)
        for _ in range(12):
            if number % 4 == 0:
                factories.send(each, username=chosen.choice(["ada", "eve"]), content="sent")
                continue
            do = DOING[chosen.choice(sorted(DOING))]
            try:
                change = do(each, owner_id=ada.id, ids=chosen.sample(ids, 7))
                if chosen.random() < 0.4 and change.act != "delete_forever":
                    undo(each, owner_id=ada.id, change=change)
            except AppError:
                continue

    assert contexts_at_once(runtime, 8, job) == [None] * 8
    expect_right(ctx, ada, eve)


def test_two_tabs_that_trash_the_same_count_it_once(runtime: Runtime, ctx: Context) -> None:
    ada = factories.person(ctx)
    ids = [each.id for each in factories.messages(ctx, ada, *(f"m{n}" for n in range(50)))]
    done = contexts_at_once(runtime, 6, lambda each, _: moves.trash(each, owner_id=ada.id, ids=ids))
    assert sorted(len(each.ids) for each in done if isinstance(each, InboxChange)) == [
        *[0] * 5,
        50,
    ]
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(trash=50)


def test_whatever_statement_changes_messages_is_counted(ctx: Context) -> None:
    ada, eve = factories.person(ctx), factories.person(ctx, "eve")
    for owner in (ada, eve):
        factories.messages(ctx, owner, *(f"m{n}" for n in range(6)))
    for statement in (
        "UPDATE messages SET folder = 'archive', is_starred = true WHERE id > 'M'",
        "UPDATE messages SET is_unread = false WHERE id > 'a'",
        "UPDATE messages SET folder = 'trash' WHERE id < 'a'",
        "DELETE FROM messages WHERE id > 'Z'",
        "UPDATE messages SET content = ''",
    ):
        with ctx.writing() as db:
            db.connection().execute(text(statement))
        expect_right(ctx, ada, eve)


def test_the_counts_of_before_are_counted_once_by_the_migration(
    runtime: Runtime, ctx: Context, tmp_path: Path
) -> None:
    from tests.services.inbox.test_sealing import downgrade  # noqa: PLC0415

    ada, eve = factories.person(ctx), factories.person(ctx, "eve")
    factories.messages(ctx, ada, *(f"m{n}" for n in range(7)))
    downgrade(runtime)
    runtime.database.migrate()
    # What came before isn't news.
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(inbox=7)
    assert folders.counts(ctx, owner_id=eve.id) == FolderCounts()
    expect_right(ctx, ada, eve)
    with ctx.writing() as db:
        db.exec(update(Message).values(is_unread=True))
    expect_right(ctx, ada, eve)


@pytest.mark.parametrize("size", [1, 500])
def test_no_slice_reads_more_rows_than_it_shows(ctx: Context, size: int) -> None:
    ada = factories.person(ctx)
    factories.messages(ctx, ada, *(f"m{n}" for n in range(size)))
    found = slices.inbox(ctx, owner_id=ada.id)
    assert (found.total, len(found.messages)) == (size, min(size, 20))
