"""What owners do to their messages: only to their own, once, and told to other tabs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlmodel import select

from anonmsg.database.tables import Message, Person
from anonmsg.errors import AppError, InvalidNote, MessageNotFound, PageOutdated, TooManySelected
from anonmsg.public import FolderCounts, FormerPlace, InboxChange, InboxMessage
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services import inbox
from anonmsg.services.inbox import (
    delivery_settings,
    folders,
    moves,
    notes,
    pauses,
    retention,
    search,
    self_tests,
    slices,
    storms,
    undo,
)
from anonmsg.services.inbox.search import Search
from tests import factories
from tests.payloads import JUNK

Row = dict[str, Any]


def row_of(ctx: Context, message_id: str) -> Row | None:
    with ctx.reading() as db:
        found = db.get(Message, message_id)
        return found.model_dump() if found else None


def counts(ctx: Context, owner: Person) -> FolderCounts:
    return folders.counts(ctx, owner_id=owner.id)


def texts(ctx: Context, owner: Person, folder: str = "inbox") -> list[str]:
    found = slices.inbox(ctx, owner_id=owner.id, folder=folder).messages
    return [each.content for each in found]


@dataclass(frozen=True)
class Case:
    """One use case: where its message is before, and what it changes."""

    do: Callable[..., InboxChange]
    before: Row
    after: Row | None
    folder: str = "inbox"


IN_TRASH = {"folder": "trash", "trashed_from": "archive", "is_unread": False}
CASES = {
    "mark_read": Case(moves.mark_read, {}, {"is_unread": False}),
    "mark_unread": Case(moves.mark_unread, {"is_unread": False}, {"is_unread": True}),
    "star": Case(moves.star, {}, {"is_starred": True}),
    "unstar": Case(moves.unstar, {"is_starred": True}, {"is_starred": False}),
    "archive": Case(moves.archive, {}, {"folder": "archive"}),
    "move_to_inbox": Case(moves.move_to_inbox, {"folder": "archive"}, {"folder": "inbox"}),
    "trash": Case(moves.trash, {}, {"folder": "trash", "trashed_from": "inbox"}),
    "restore": Case(
        moves.restore, IN_TRASH, {"folder": "archive", "trashed_from": "", "trashed_on": None}
    ),
    "delete_forever": Case(moves.delete_forever, IN_TRASH, None),
}


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def add(ctx: Context, owner: Person, text: str = "hello", **fields: Any) -> str:
    if fields.get("folder") == "trash":
        fields = {"trashed_on": ctx.now.date()} | fields
    return factories.messages(ctx, owner, text, **fields)[0].id


@pytest.mark.parametrize("name", CASES)
def test_it_changes_what_it_says_and_nothing_else_and_tells_other_tabs(
    ctx: Context, ada: Person, name: str
) -> None:
    case = CASES[name]
    wanted, other = add(ctx, ada, **case.before), add(ctx, ada, "other", **case.before)
    before, others = row_of(ctx, wanted), row_of(ctx, other)
    assert before is not None
    change = case.do(ctx, owner_id=ada.id, ids=[wanted])
    assert (change.act, change.ids) == (name, [wanted])
    assert change.rows[0].folder == before["folder"]
    after = row_of(ctx, wanted)
    if case.after is None:
        assert after is None
    else:
        day = {"trashed_on": ctx.now.date()} if case.after.get("folder") == "trash" else {}
        assert after == before | case.after | day
    assert row_of(ctx, other) == others
    assert ctx.announced == [topics.inbox_of(ada.id)]


@pytest.mark.parametrize("name", CASES)
def test_doing_it_twice_changes_nothing_the_second_time(
    ctx: Context, ada: Person, name: str
) -> None:
    case = CASES[name]
    wanted, other = add(ctx, ada, **case.before), add(ctx, ada, "other", **case.before)
    assert case.do(ctx, owner_id=ada.id, ids=[wanted, wanted, other]).ids == [wanted, other]
    ctx.announced.clear()
    after = row_of(ctx, wanted)
    if case.after is None:
        with pytest.raises(MessageNotFound):
            case.do(ctx, owner_id=ada.id, ids=[wanted])
    else:
        assert case.do(ctx, owner_id=ada.id, ids=[wanted]) == InboxChange(name)
    assert row_of(ctx, wanted) == after
    assert ctx.announced == []


@pytest.mark.parametrize("name", CASES)
def test_of_what_another_tab_deleted_the_rest_is_changed(
    ctx: Context, ada: Person, name: str
) -> None:
    case = CASES[name]
    gone, there = add(ctx, ada, folder="trash"), add(ctx, ada, **case.before)
    moves.delete_forever(ctx, owner_id=ada.id, ids=gone)
    assert case.do(ctx, owner_id=ada.id, ids=[gone, there]).ids == [there]
    with pytest.raises(MessageNotFound) as refusal:
        case.do(ctx, owner_id=ada.id, ids=[gone])
    assert refusal.value.sentence == "This message no longer exists."


@pytest.mark.parametrize("name", CASES)
def test_only_200_at_a_time_and_only_ids(ctx: Context, ada: Person, name: str) -> None:
    case = CASES[name]
    wanted = add(ctx, ada, **case.before)
    before = row_of(ctx, wanted)
    many = [wanted, *(f"{n}" for n in range(200))]
    with pytest.raises(TooManySelected) as refusal:
        case.do(ctx, owner_id=ada.id, ids=many)
    assert refusal.value.sentence == "Select at most 200 messages at a time."
    hostile = ["%", "_", "'", "\\", "' OR 1=1 --", "*", "\u202e", wanted[:-1], wanted + "a"]
    for ids in ([], *JUNK, *hostile, [JUNK], [[wanted]], [{"id": wanted}], hostile):
        with pytest.raises(MessageNotFound):
            case.do(ctx, owner_id=ada.id, ids=ids)
    assert row_of(ctx, wanted) == before
    assert case.do(ctx, owner_id=ada.id, ids=[None, *many[:150], "\0"]).ids == [wanted]


def test_what_is_not_in_the_trash_is_not_deleted_for_good(ctx: Context, ada: Person) -> None:
    ids = [add(ctx, ada), add(ctx, ada, folder="archive", is_starred=True)]
    assert moves.delete_forever(ctx, owner_id=ada.id, ids=ids).ids == []
    assert all(row_of(ctx, each) for each in ids)


def test_a_message_in_the_trash_is_neither_starred_nor_archived(ctx: Context, ada: Person) -> None:
    wanted = add(ctx, ada, folder="trash", is_starred=True)
    for do in (moves.star, moves.unstar, moves.archive, moves.move_to_inbox):
        assert do(ctx, owner_id=ada.id, ids=wanted).ids == []
    assert texts(ctx, ada, "starred") == []
    assert texts(ctx, ada, "trash") == ["hello"]


def test_restored_is_where_it_was(ctx: Context, ada: Person) -> None:
    ids = [add(ctx, ada, "one"), add(ctx, ada, "two", folder="archive", is_starred=True)]
    moves.trash(ctx, owner_id=ada.id, ids=ids)
    assert (texts(ctx, ada), texts(ctx, ada, "archive"), texts(ctx, ada, "starred")) == ([], [], [])
    moves.restore(ctx, owner_id=ada.id, ids=ids)
    assert texts(ctx, ada) == ["one"]
    assert texts(ctx, ada, "archive") == texts(ctx, ada, "starred") == ["two"]
    assert counts(ctx, ada) == FolderCounts(1, 1, 1, 1, 1, 0)


@pytest.mark.parametrize("folder", ["inbox", "starred", "archive", "trash"])
def test_a_whole_folder_is_read_at_once_and_no_other(
    ctx: Context, ada: Person, folder: str
) -> None:
    for place in ("inbox", "archive", "trash"):
        for starred in (False, True):
            add(ctx, ada, f"{place} {starred}", folder=place, is_starred=starred)
    shown = set(texts(ctx, ada, folder))
    change = moves.mark_all_read(ctx, owner_id=ada.id, folder=folder)
    assert len(change.rows) == len(shown)
    with ctx.reading() as db:
        read = set(db.exec(select(Message.id).where(Message.is_unread == False)).all())  # noqa: E712
    assert read == set(change.ids)
    assert ctx.announced == [topics.inbox_of(ada.id)]
    assert moves.mark_all_read(ctx, owner_id=ada.id, folder=folder).rows == []
    assert len(ctx.announced) == 1


def test_what_comes_after_it_was_asked_stays_unread(ctx: Context, ada: Person) -> None:
    factories.messages(ctx, ada, "now", "a second later")
    assert len(moves.mark_all_read(ctx, owner_id=ada.id, folder="inbox").rows) == 1
    assert counts(ctx, ada).inbox_unread == 1


def test_of_thousands_that_are_read_only_the_number_is_told(
    ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "BATCH", 10)
    factories.messages(ctx, ada, *("m" for _ in range(25)), sent_at=[ctx.now] * 25)
    change = moves.mark_all_read(ctx, owner_id=ada.id, folder="inbox")
    assert (change.rows, change.too_many) == ([], 25)
    assert counts(ctx, ada).inbox_unread == 0
    assert undo.undo(ctx, owner_id=ada.id, change=change).rows == []
    assert counts(ctx, ada).inbox_unread == 0


@pytest.mark.parametrize("folder", [*JUNK, "", "INBOX", "inbox ", "Inbox", "' OR 1=1 --"])
def test_a_made_up_folder_is_the_inbox_to_look_at_and_nothing_to_act_on(
    ctx: Context, ada: Person, folder: object
) -> None:
    add(ctx, ada)
    add(ctx, ada, "archived", folder="archive")
    assert [m.content for m in slices.inbox(ctx, owner_id=ada.id, folder=folder).messages] == [
        "hello"
    ]
    with pytest.raises(PageOutdated):
        moves.mark_all_read(ctx, owner_id=ada.id, folder=folder)
    assert counts(ctx, ada).inbox_unread == 1


def test_a_note_is_kept_sealed_and_shown(ctx: Context, ada: Person) -> None:
    wanted = add(ctx, ada)
    change = notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note=" to <b>think</b>\r\nof ")
    assert change == InboxChange("annotate", [FormerPlace(wanted)], "to <b>think</b>\nof")
    (shown,) = slices.inbox(ctx, owner_id=ada.id).messages
    assert (shown.note, shown.content) == ("to <b>think</b>\nof", "hello")
    kept = row_of(ctx, wanted)
    assert kept is not None
    assert b"think" not in kept["note"]
    assert ctx.announced == [topics.inbox_of(ada.id)]
    again = notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note="to <b>think</b>\nof")
    assert again.rows == []
    for empty in ("", " ", "\u200b", *JUNK[:6]):
        notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note="x")
        notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note=empty)
        kept = row_of(ctx, wanted)
        assert kept is not None
        assert kept["note"] is None


def test_a_note_has_500_characters(ctx: Context, ada: Person) -> None:
    wanted = add(ctx, ada)
    notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note="😀" * 500)
    for long in ("a" * 501, "a" * 10**6, "a" + "\u0301" * 40):
        with pytest.raises(InvalidNote):
            notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note=long)
    assert slices.inbox(ctx, owner_id=ada.id).messages[0].note == "😀" * 500


def test_a_note_is_no_text_and_a_text_no_note(ctx: Context, ada: Person) -> None:
    wanted = add(ctx, ada)
    notes.annotate(ctx, owner_id=ada.id, message_id=wanted, note="noted")
    with ctx.writing() as db:
        row = db.get_one(Message, wanted)
        row.sealed, row.note = row.note, row.sealed
    (shown,) = slices.inbox(ctx, owner_id=ada.id).messages
    assert shown.content == "This message can't be opened. Its data was changed."
    assert shown.note == ""


# Every use case that takes an owner: what a stranger asks of somebody's message.
Asked = Callable[[Context, str, str], object]
OF_STRANGERS: dict[str, Asked] = {
    **{
        f"moves.{name}": lambda ctx, me, theirs, do=case.do: do(ctx, owner_id=me, ids=[theirs])
        for name, case in CASES.items()
    },
    "moves.mark_all_read": lambda ctx, me, _: moves.mark_all_read(ctx, owner_id=me, folder="inbox"),
    "notes.annotate": lambda ctx, me, theirs: notes.annotate(
        ctx, owner_id=me, message_id=theirs, note="mine"
    ),
    "undo.undo": lambda ctx, me, theirs: [
        _refused(undo.undo, ctx, owner_id=me, change=replace(change, rows=[place]))
        for act in (*CASES, "annotate")
        for change in [InboxChange(act, note="secret note")]
        for place in [FormerPlace(theirs, "trash", str(ctx.now.date()), "mine")]
    ],
    "slices.inbox": lambda ctx, me, theirs: [
        slices.inbox(ctx, owner_id=me, folder=folder, down_to=position).messages
        + slices.inbox(ctx, owner_id=me, folder=folder, before=later).messages
        for folder in folders.Folder
        for position in [InboxMessage(theirs, "", "2020-01-01T00:00:00+00:00")]
        for later in [InboxMessage(theirs, "", "2040-01-01T00:00:00+00:00")]
    ],
    "slices.arrivals": lambda ctx, me, theirs: [
        slices.arrivals(ctx, owner_id=me, shown=[], more=False, folder=folder)
        for folder in folders.Folder
    ],
    "slices.these": lambda ctx, me, theirs: slices.these(ctx, owner_id=me, ids=[theirs]),
    "search.find": lambda ctx, me, theirs: [
        search.find(ctx, owner_id=me, search=Search("secret", folder), cursor=cursor)
        for folder in (folders.ALL, *folders.Folder)
        for cursor in ("", f"2040-01-01T00:00:00+00:00 {theirs}")
    ],
    "retention.of": lambda ctx, me, _: _not_theirs(retention.of(ctx, owner_id=me).days == 365),
    "retention.choose": lambda ctx, me, _: retention.choose(
        ctx, owner_id=me, days=30, keep_starred=False
    ),
    "self_tests.send": lambda ctx, me, _: _not_theirs(
        self_tests.send(ctx, owner_id=me) is not True
    ),
    "pauses.pause": lambda ctx, me, _: pauses.pause(ctx, owner_id=me, length="hour"),
    "pauses.end": lambda ctx, me, _: pauses.end(ctx, owner_id=me),
    "delivery_settings.of": lambda ctx, me, _: delivery_settings.of(ctx, owner_id=me),
    "storms.brake_of": lambda ctx, me, _: storms.brake_of(ctx, owner_id=me),
    "storms.choose_brake": lambda ctx, me, _: storms.choose_brake(ctx, owner_id=me, at=5),
    "storms.held": lambda ctx, me, _: storms.held(ctx, owner_id=me),
    "storms.release": lambda ctx, me, _: storms.release(ctx, owner_id=me),
    "storms.discard": lambda ctx, me, _: storms.discard(ctx, owner_id=me),
    "delivery_settings.choose_delivery": lambda ctx, me, _: delivery_settings.choose_delivery(
        ctx, owner_id=me, mode="daily", hour=7, holds=True
    ),
    "delivery_settings.choose_quiet_hours": lambda ctx, me, _: delivery_settings.choose_quiet_hours(
        ctx, owner_id=me, are_on=True, start=1, end=2
    ),
    "delivery_settings.choose_time_zone": lambda ctx, me, _: delivery_settings.choose_time_zone(
        ctx, owner_id=me, name="Asia/Karachi"
    ),
    "folders.counts": lambda ctx, me, _: _not_theirs(
        folders.counts(ctx, owner_id=me) != FolderCounts()
    ),
}
# They are steps of the use cases above, and are given what those have checked.
STEPS = {
    *("acts.do", "acts.former", "acts.put_back_into_trash", "notes.change", "removals.delete_all"),
    *("inbox_keys.of", "inbox_keys.opened"),
    *("folders.counted", "folders.within", "message_order.newest"),
}


def _refused(do: Callable[..., object], *args: object, **asked: object) -> object:
    """What is done, or nothing where it's refused."""
    try:
        return do(*args, **asked)
    except AppError:
        return []


def _not_theirs(is_theirs: bool) -> None:  # noqa: FBT001
    assert not is_theirs


def _owners_use_cases() -> Iterator[str]:
    for found in pkgutil.iter_modules(inbox.__path__):
        module = importlib.import_module(f"{inbox.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_ours = function.__module__ == module.__name__ and not name.startswith("_")
            if is_ours and "owner_id" in inspect.signature(function).parameters:
                yield f"{found.name}.{name}"


def test_every_use_case_of_an_inbox_has_its_strangers_test() -> None:
    assert set(_owners_use_cases()) - STEPS == set(OF_STRANGERS)


@pytest.mark.parametrize("name", OF_STRANGERS)
@pytest.mark.parametrize("folder", ["inbox", "archive", "trash"])
def test_nobody_sees_or_changes_what_is_somebody_elses(
    ctx: Context, ada: Person, name: str, folder: str
) -> None:
    eve = factories.person(ctx, "eve")
    theirs = add(ctx, ada, "secret text", folder=folder, trashed_from="inbox")
    notes.annotate(ctx, owner_id=ada.id, message_id=theirs, note="secret note")
    retention.choose(ctx, owner_id=ada.id, days=365, keep_starred=True)
    before, counted = row_of(ctx, theirs), counts(ctx, ada)
    told = len(ctx.announced)
    shown = _refused(OF_STRANGERS[name], ctx, eve.id, theirs)
    assert "secret" not in repr(shown).replace("note='secret note'", "")
    assert theirs not in repr(shown)
    assert (row_of(ctx, theirs), counts(ctx, ada)) == (before, counted)
    assert topics.inbox_of(ada.id) not in ctx.announced[told:]
    assert retention.of(ctx, owner_id=ada.id).days == 365
