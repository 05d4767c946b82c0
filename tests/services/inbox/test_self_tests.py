"""Test messages that owners send themselves: marked wherever they're shown, counted nowhere."""

from __future__ import annotations

import pytest
from sqlmodel import select

from anonmsg.database.tables import Message, Person
from anonmsg.errors import NotSignedIn, TooManyAttempts
from anonmsg.public import FolderCounts
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.inbox import folders, moves, notes, search, self_tests, slices
from anonmsg.services.inbox.search import Search
from anonmsg.services.notifications import email_digests
from tests import factories
from tests.fakes import Clock
from tests.races import contexts_at_once


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def test_it_is_marked_and_counts_nowhere(ctx: Context, ada: Person) -> None:
    assert self_tests.send(ctx, owner_id=ada.id)
    found = slices.inbox(ctx, owner_id=ada.id)
    (shown,) = found.messages
    assert shown.is_test
    assert not shown.is_unread
    assert shown.content.startswith("This is a test that you sent yourself.")
    assert (found.total, found.counts) == (0, FolderCounts())
    assert topics.inbox_of(ada.id) in ctx.announced


@pytest.mark.parametrize("use_case", [moves.star, moves.archive, moves.trash, moves.mark_unread])
def test_wherever_it_goes_it_is_marked_and_counts_nowhere(
    ctx: Context, ada: Person, use_case: object
) -> None:
    self_tests.send(ctx, owner_id=ada.id)
    (shown,) = slices.inbox(ctx, owner_id=ada.id).messages
    use_case(ctx, owner_id=ada.id, ids=[shown.id])  # type: ignore[operator]
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts()
    places = [slices.inbox(ctx, owner_id=ada.id, folder=each).messages for each in folders.Folder]
    there = [message for found in places for message in found]
    assert there
    assert all(message.is_test and not message.is_unread for message in there)


def test_it_is_deleted_like_any_other(ctx: Context, ada: Person) -> None:
    self_tests.send(ctx, owner_id=ada.id)
    (shown,) = slices.inbox(ctx, owner_id=ada.id).messages
    moves.trash(ctx, owner_id=ada.id, ids=[shown.id])
    moves.delete_forever(ctx, owner_id=ada.id, ids=[shown.id])
    with ctx.reading() as db:
        assert db.exec(select(Message)).all() == []
    assert self_tests.send(ctx, owner_id=ada.id)


def test_once_is_enough(ctx: Context, ada: Person) -> None:
    assert self_tests.send(ctx, owner_id=ada.id)
    assert not self_tests.send(ctx, owner_id=ada.id)
    assert len(factories.stored(ctx)) == 1


def test_two_tabs_at_once_send_one(runtime: Runtime, ctx: Context, ada: Person) -> None:
    sent = contexts_at_once(runtime, 8, lambda mine, _: self_tests.send(mine, owner_id=ada.id))
    assert sorted(sent, key=bool) == [False] * 7 + [True]
    assert len(factories.stored(ctx)) == 1


def test_an_inbox_with_a_message_takes_none(ctx: Context, ada: Person) -> None:
    factories.messages(ctx, ada, "real")
    assert not self_tests.send(ctx, owner_id=ada.id)
    assert factories.stored(ctx) == ["real"]


def test_it_does_not_count_beside_others(ctx: Context, ada: Person) -> None:
    self_tests.send(ctx, owner_id=ada.id)
    factories.send(ctx, username="ada", content="real")
    found = slices.inbox(ctx, owner_id=ada.id)
    assert [each.is_test for each in found.messages].count(True) == 1
    assert (found.total, found.counts) == (1, FolderCounts(inbox=1, inbox_unread=1))
    moves.mark_all_read(ctx, owner_id=ada.id, folder="inbox")
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(inbox=1)


def test_no_email_tells_of_it(ctx: Context, ada: Person, runtime: Runtime, clock: Clock) -> None:
    email_digests.choose(ctx, owner_id=ada.id, frequency="hourly")
    self_tests.send(ctx, owner_id=ada.id)
    with ctx.writing() as db:
        # Even if it were unread.
        db.exec(select(Message)).one().is_unread = True
    clock.move(hours=2)
    with runtime.context() as later:
        email_digests.tell_next(later)
        assert not later.mail_waits


def test_what_is_found_says_so_and_its_note_stays_with_it(ctx: Context, ada: Person) -> None:
    self_tests.send(ctx, owner_id=ada.id)
    (shown,) = slices.inbox(ctx, owner_id=ada.id).messages
    notes.annotate(ctx, owner_id=ada.id, message_id=shown.id, note="mine")
    (found,) = search.find(ctx, owner_id=ada.id, search=Search("mine")).messages
    assert found.message.is_test
    assert found.message.note == "mine"


def test_nobody_gets_one_without_an_account(ctx: Context) -> None:
    with pytest.raises(NotSignedIn):
        self_tests.send(ctx, owner_id="nobody")


def test_ten_a_day_are_enough(ctx: Context, ada: Person) -> None:
    for _ in range(10):
        self_tests.send(ctx, owner_id=ada.id)
    with pytest.raises(TooManyAttempts):
        self_tests.send(ctx, owner_id=ada.id)


def test_no_sender_can_mark_a_message(ctx: Context, ada: Person) -> None:
    factories.send(ctx, username="ada", content="This is a test that you sent yourself.")
    (shown,) = slices.inbox(ctx, owner_id=ada.id).messages
    assert not shown.is_test
