"""Folders are read slice by slice, from wherever a browser says that it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import PageOutdated
from anonmsg.public import InboxMessage
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import folders, moves, slices
from anonmsg.services.inbox.message_order import Position
from tests import factories
from tests.payloads import JUNK

TIMES = [
    *("", "now", "2026-02-30T12:00:00+00:00", "2026-03-04", "2026-03-04T12:00:00", "12:00"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1999-12-31T00:00:00+00:00"),
    *("' OR 1=1 --", "2026-03-04T12:00:00+00:00" + " " * 4000, "2026-03-04T25:00:00Z"),
]


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.mark.parametrize("sent_at", TIMES)
def test_a_time_that_no_message_has_is_refused(ctx: Context, ada: Person, sent_at: str) -> None:
    made_up = InboxMessage("m", "", sent_at)
    for asked in ({"before": made_up}, {"down_to": made_up}):
        with pytest.raises(PageOutdated):
            slices.inbox(ctx, owner_id=ada.id, **asked)
    with pytest.raises(PageOutdated):
        slices.arrivals(ctx, owner_id=ada.id, shown=[made_up], more=True)


@pytest.mark.parametrize("position", JUNK)
def test_what_is_no_message_is_no_position(position: object) -> None:
    with pytest.raises(PageOutdated):
        Position.of(position)


@pytest.mark.parametrize("message_id", ["", "%", "'", "x" * 9000, "\0", "\ud800", "~"])
def test_a_made_up_id_is_a_place_within_its_second(
    ctx: Context, ada: Person, message_id: str
) -> None:
    factories.messages(ctx, ada, "one", "two", "three")
    at = ctx.now + timedelta(seconds=1)
    before = InboxMessage(message_id, "", at.isoformat())
    found = slices.inbox(ctx, owner_id=ada.id, before=before).messages
    assert [each.content for each in found] in (["two", "one"], ["one"])


def test_a_position_is_the_same_in_every_zone() -> None:
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    elsewhere = at.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()
    assert Position.of(InboxMessage("m", "", elsewhere)) == Position(at, "m")


@pytest.mark.parametrize("folder", ["inbox", "starred", "archive", "trash"])
def test_each_folder_is_read_to_its_end_without_gap_or_repeat(
    ctx: Context, ada: Person, folder: str
) -> None:
    asked = {"starred": {"folder": "archive", "is_starred": True}}.get(folder, {"folder": folder})
    # Three in each second, and others between them.
    times = [ctx.now - timedelta(seconds=n // 3) for n in range(45)]
    wanted = factories.messages(ctx, ada, *(f"m{n}" for n in range(45)), sent_at=times, **asked)
    other = "inbox" if folder != "inbox" else "archive"
    factories.messages(ctx, ada, *(f"o{n}" for n in range(45)), sent_at=times, folder=other)
    seen: list[InboxMessage] = []
    for size, more in ((20, True), (20, True), (5, False)):
        before = seen[-1] if seen else None
        found = slices.inbox(ctx, owner_id=ada.id, folder=folder, before=before)
        assert (len(found.messages), found.more, found.total) == (size, more, 45)
        seen += found.messages
    assert {each.id for each in seen} == {each.id for each in wanted}
    assert seen == sorted(seen, key=lambda each: (each.sent_at, each.id), reverse=True)
    assert found.counts == folders.counts(ctx, owner_id=ada.id)


def test_a_slice_says_where_each_message_is(ctx: Context, ada: Person) -> None:
    (one,) = factories.messages(ctx, ada, "one")
    moves.star(ctx, owner_id=ada.id, ids=one.id)
    moves.mark_read(ctx, owner_id=ada.id, ids=one.id)
    moves.trash(ctx, owner_id=ada.id, ids=one.id)
    (shown,) = slices.inbox(ctx, owner_id=ada.id, folder="trash").messages
    assert shown == InboxMessage(
        one.id,
        "one",
        one.sent_at.isoformat(),
        is_unread=False,
        is_starred=True,
        folder="trash",
        trashed_on=str(ctx.now.date()),
    )


def test_what_arrives_in_the_inbox_arrives_in_no_other_folder(ctx: Context, ada: Person) -> None:
    factories.send(ctx, username="ada", content="hello")
    for folder in folders.Folder:
        found = slices.arrivals(ctx, owner_id=ada.id, shown=[], more=False, folder=folder)
        assert len(found) == (folder == "inbox")
