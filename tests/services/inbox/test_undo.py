"""Undo takes back exactly what changed, also in two tabs at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from anonmsg.database.tables import Message, Person
from anonmsg.errors import AppError, InvalidNote, MessageNotFound, PageOutdated
from anonmsg.public import FormerPlace, InboxChange
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.inbox import folders, moves, notes, slices
from anonmsg.services.inbox.undo import undo
from tests import factories
from tests.payloads import JUNK
from tests.races import contexts_at_once
from tests.services.inbox.test_moves import CASES, IN_TRASH, add, row_of

UNDONE = [name for name in CASES if name != "delete_forever"]


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def everything(ctx: Context) -> dict[str, Any]:
    with ctx.reading() as db:
        return {each.id: each.model_dump() for each in db.exec(select(Message)).all()}


@pytest.mark.parametrize("name", UNDONE)
def test_undo_is_the_exact_inverse_for_exactly_what_changed(
    ctx: Context, ada: Person, name: str
) -> None:
    case = CASES[name]
    changed = [add(ctx, ada, **case.before) for _ in range(3)]
    so_already = [add(ctx, ada, **(case.before | (case.after or {}))) for _ in range(2)]
    before, counted = everything(ctx), folders.counts(ctx, owner_id=ada.id)
    change = case.do(ctx, owner_id=ada.id, ids=[*changed, *so_already])
    assert change.ids == changed
    done = everything(ctx)
    ctx.now += timedelta(days=3)
    undone = undo(ctx, owner_id=ada.id, change=change)
    assert undone.ids == changed
    assert (everything(ctx), folders.counts(ctx, owner_id=ada.id)) == (before, counted)
    assert undo(ctx, owner_id=ada.id, change=change).rows == []
    assert everything(ctx) == before
    # What was undone can be done again the same way.
    ctx.now -= timedelta(days=3)
    assert undo(ctx, owner_id=ada.id, change=undone).ids == changed
    assert everything(ctx) == done


@pytest.mark.parametrize("name", UNDONE)
def test_undo_in_two_tabs_at_once_happens_once(runtime: Runtime, ctx: Context, name: str) -> None:
    ada = factories.person(ctx)
    case = CASES[name]
    ids = [add(ctx, ada, **case.before) for _ in range(10)]
    before, counted = everything(ctx), folders.counts(ctx, owner_id=ada.id)
    change = case.do(ctx, owner_id=ada.id, ids=ids)
    outcomes = contexts_at_once(
        runtime, 4, lambda each, _: undo(each, owner_id=ada.id, change=change).ids
    )
    assert sorted(map(len, outcomes)) == [0, 0, 0, 10]  # type: ignore[arg-type]
    assert (everything(ctx), folders.counts(ctx, owner_id=ada.id)) == (before, counted)


def test_what_another_tab_did_since_stays_done(ctx: Context, ada: Person) -> None:
    wanted, other = add(ctx, ada), add(ctx, ada)
    change = moves.archive(ctx, owner_id=ada.id, ids=[wanted, other])
    moves.trash(ctx, owner_id=ada.id, ids=wanted)
    assert undo(ctx, owner_id=ada.id, change=change).ids == [other]
    found = row_of(ctx, wanted)
    assert found is not None
    assert (found["folder"], found["trashed_from"]) == ("trash", "archive")
    moves.delete_forever(ctx, owner_id=ada.id, ids=wanted)
    with pytest.raises(MessageNotFound):
        undo(ctx, owner_id=ada.id, change=replace(change, rows=change.rows[:1]))


def test_everything_marked_as_read_is_unread_again(ctx: Context, ada: Person) -> None:
    factories.messages(ctx, ada, *("m" for _ in range(450)), sent_at=[ctx.now] * 450)
    read = add(ctx, ada, is_unread=False)
    before = everything(ctx)
    change = moves.mark_all_read(ctx, owner_id=ada.id, folder="inbox")
    assert len(undo(ctx, owner_id=ada.id, change=change).rows) == 450
    assert everything(ctx) == before
    assert read not in change.ids


def test_a_note_is_what_it_was_unless_it_was_changed_since(ctx: Context, ada: Person) -> None:
    wanted = add(ctx, ada)

    def note(text: str) -> InboxChange:
        return notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note=text)

    def noted() -> str:
        return slices.inbox(ctx, owner_id=ada.id).messages[0].note

    first, second = note("one"), note("two")
    assert undo(ctx, owner_id=ada.id, change=first).rows == []
    assert noted() == "two"
    again = undo(ctx, owner_id=ada.id, change=second)
    assert noted() == "one"
    undo(ctx, owner_id=ada.id, change=again)
    assert noted() == "two"
    undo(ctx, owner_id=ada.id, change=second)
    undo(ctx, owner_id=ada.id, change=first)
    assert noted() == ""
    moves.trash(ctx, owner_id=ada.id, ids=wanted)
    moves.delete_forever(ctx, owner_id=ada.id, ids=wanted)
    with pytest.raises(MessageNotFound):
        undo(ctx, owner_id=ada.id, change=second)


@pytest.mark.parametrize("change", [*JUNK, InboxChange("delete_forever"), InboxChange("")])
def test_what_is_no_change_is_refused_or_changes_nothing(
    ctx: Context, ada: Person, change: object
) -> None:
    add(ctx, ada)
    before = everything(ctx)
    if isinstance(change, InboxChange):
        assert undo(ctx, owner_id=ada.id, change=change).rows == []
    else:
        with pytest.raises(PageOutdated):
            undo(ctx, owner_id=ada.id, change=change)
    assert everything(ctx) == before


def test_a_made_up_change_does_only_what_the_owner_may(ctx: Context, ada: Person) -> None:
    wanted = add(ctx, ada, **IN_TRASH)
    moves.restore(ctx, owner_id=ada.id, ids=wanted)
    before = everything(ctx)
    day = str(ctx.now.date())
    for act, row in (
        ("delete_forever", FormerPlace(wanted)),
        ("do", FormerPlace(wanted)),
        ("restore", FormerPlace(wanted, trashed_on="2026-02-30")),
        ("restore", FormerPlace(wanted, trashed_on="2020-01-01")),
        ("restore", FormerPlace(wanted, trashed_on="")),
        ("restore", FormerPlace("' OR 1=1 --", trashed_on=day)),
        ("restore", FormerPlace(7, trashed_on=day)),  # type: ignore[arg-type]
        ("archive", FormerPlace(None)),  # type: ignore[arg-type]
        ("annotate", FormerPlace(wanted, note="a" * 501)),
    ):
        with pytest.raises((PageOutdated, MessageNotFound, InvalidNote)):
            undo(ctx, owner_id=ada.id, change=InboxChange(act, [row]))
    for rows in ([wanted], "rows", [FormerPlace(wanted)] * 1001, [None]):
        with pytest.raises(PageOutdated):
            undo(ctx, owner_id=ada.id, change=InboxChange("archive", rows))  # type: ignore[arg-type]
    for rows in ([FormerPlace(f"{n}") for n in range(300)],):
        with pytest.raises(AppError):
            undo(ctx, owner_id=ada.id, change=InboxChange("trash", rows))
    assert everything(ctx) == before
    # A day that hasn't come would keep a message in the trash for longer.
    late = FormerPlace(wanted, trashed_on="2999-01-01")
    undo(ctx, owner_id=ada.id, change=InboxChange("restore", [late]))
    assert everything(ctx)[wanted]["trashed_on"] == ctx.now.date()
