"""Messages: sent once, read by their owner, deleted for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import SQLModel, select

from anonmsg.database.tables import Message, Person, SendKey
from anonmsg.errors import (
    InboxClosed,
    InvalidMessage,
    PageNotFound,
    TooManyAttempts,
)
from anonmsg.public import InboxMessage
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import people
from anonmsg.services.inbox import moves, slices
from tests import factories
from tests.races import contexts_at_once, named


def send(ctx: Context, content: object = "hello", **more: object) -> None:
    asked: dict[str, object] = {"username": "ada", "network": "n"}
    factories.send(ctx, content=content, **(asked | more))  # type: ignore[arg-type]


def texts(ctx: Context, owner: Person) -> list[str]:
    return [each.content for each in slices.inbox(ctx, owner_id=owner.id).messages]


@pytest.mark.parametrize("username", ["grace", "", None, 7, {}, "a" * 9000, "' OR 1=1 --"])
def test_nobody_gets_a_message_for_somebody_who_is_not_there(
    ctx: Context, username: object
) -> None:
    factories.person(ctx)
    with pytest.raises(PageNotFound):
        send(ctx, username=username)


def test_an_unverified_and_a_banned_person_are_not_there(ctx: Context) -> None:
    factories.sign_up(ctx, "grace")
    person = factories.person(ctx)
    with ctx.writing() as db:
        db.get_one(Person, person.id).banned_at = ctx.now
    for username in ("grace", "ada"):
        with pytest.raises(PageNotFound):
            send(ctx, username=username)


def test_who_leaves_is_not_there(ctx: Context) -> None:
    person = factories.person(ctx)
    with ctx.writing() as db:
        db.get_one(Person, person.id).leaves_at = ctx.now
    with pytest.raises(PageNotFound):
        send(ctx)


@pytest.mark.parametrize("content", ["", "\u200b", None, {"a": 1}, "a" * 1001])
def test_what_is_no_message_is_refused_and_not_kept(ctx: Context, content: object) -> None:
    owner = factories.person(ctx)
    with pytest.raises(InvalidMessage):
        send(ctx, content)
    assert texts(ctx, owner) == []


def test_a_closed_inbox_refuses_messages(ctx: Context) -> None:
    owner = factories.person(ctx, "Ada", accepts=False)
    with pytest.raises(InboxClosed) as refusal:
        send(ctx)
    assert refusal.value.sentence == "Ada is not accepting messages"
    people.accept_messages(ctx, owner_id=owner.id, accepts=True)
    send(ctx)
    people.accept_messages(ctx, owner_id=owner.id, accepts=False)
    with pytest.raises(InboxClosed):
        send(ctx)
    assert texts(ctx, owner) == ["hello"]


def test_a_message_is_kept_clean_with_its_time_and_nothing_else(ctx: Context) -> None:
    owner = factories.person(ctx)
    send(ctx, " <b>hi</b>\r\n\u202ethere ", username=" ADA ", network="n")
    (found,) = slices.inbox(ctx, owner_id=owner.id).messages
    sent_at = ctx.now.isoformat()
    assert found == InboxMessage(found.id, "<b>hi</b>\nthere", sent_at, is_unread=True)
    # What belongs to the message, and what its owner does with it.
    assert set(Message.model_fields) == {
        *("id", "person_id", "content", "sealed", "sent_at"),
        *("folder", "is_unread", "is_starred", "trashed_on", "trashed_from", "note"),
        "is_test",
    }
    assert ctx.announced == [topics.arrivals_of(owner.id)]


def test_no_table_has_a_place_for_a_senders_network_or_device() -> None:
    columns = {c.name for t in SQLModel.metadata.tables.values() for c in t.columns}
    assert not [c for c in columns if any(w in c for w in ("ip", "network", "agent", "addr"))]


def test_a_retry_makes_no_second_message_even_when_closed_meanwhile(ctx: Context) -> None:
    owner = factories.person(ctx)
    send(ctx, "hello", key="k")
    send(ctx, " hello ", key="k")
    people.accept_messages(ctx, owner_id=owner.id, accepts=False)
    send(ctx, "hello", key="k")
    assert texts(ctx, owner) == ["hello"]


def test_another_key_text_or_inbox_is_another_message(ctx: Context) -> None:
    owner, other = factories.person(ctx), factories.person(ctx, "grace")
    send(ctx, "one", key="k")
    send(ctx, "two", key="k")
    send(ctx, "one", key="l")
    send(ctx, "one", key="k", username="grace")
    assert sorted(texts(ctx, owner)) == ["one", "one", "two"]
    assert texts(ctx, other) == ["one"]


@pytest.mark.parametrize("key", ["", None, {}, 7, "k" * 9000])
def test_without_a_key_each_is_a_message_of_its_own(ctx: Context, key: object) -> None:
    owner = factories.person(ctx)
    for _ in range(2):
        send(ctx, key=key)
    assert texts(ctx, owner) == ["hello", "hello"]


def test_a_send_key_tells_neither_message_nor_inbox_and_expires_in_a_day(ctx: Context) -> None:
    owner = factories.person(ctx)
    send(ctx, key="k")
    with ctx.reading() as db:
        send_key = db.exec(select(SendKey)).one()
    assert send_key.expires_at == ctx.now + timedelta(hours=24)
    assert owner.id not in send_key.digest
    assert set(SendKey.model_fields) == {"digest", "expires_at"}


def test_nothing_written_because_of_a_send_tells_its_moment(ctx: Context) -> None:
    factories.person(ctx)
    ctx.now += timedelta(minutes=17, seconds=42, microseconds=123_456)
    send(ctx, key="k")
    with ctx.reading() as db:
        sent, kept = db.exec(select(Message)).one(), db.exec(select(SendKey)).one()
    assert sent.sent_at == ctx.now.replace(microsecond=0)
    lives = kept.expires_at - ctx.now
    assert timedelta(hours=24) <= lives < timedelta(hours=25)
    assert (kept.expires_at.minute, kept.expires_at.second, kept.expires_at.microsecond) == (0,) * 3


def test_16_at_once_with_one_key_are_one_message(runtime: Runtime, ctx: Context) -> None:
    owner = factories.person(ctx)
    for key in ("k", "l", "m"):
        outcomes = contexts_at_once(runtime, 16, lambda each, _, key=key: send(each, key=key))
        assert outcomes == [None] * 16
    assert texts(ctx, owner) == ["hello"] * 3


def test_an_inbox_that_closes_meanwhile_is_closed_to_all_that_come_after(
    runtime: Runtime, ctx: Context
) -> None:
    owner = factories.person(ctx)

    def job(each: Context, number: int) -> None:
        if number == 5:
            people.accept_messages(each, owner_id=owner.id, accepts=False)
        else:
            send(each, f"m{number}")

    outcomes = contexts_at_once(runtime, 12, job)
    sent = outcomes.count(None) - 1
    assert sent + named(outcomes, InboxClosed) == 11
    assert slices.inbox(ctx, owner_id=owner.id).total == sent


def test_an_inbox_is_read_newest_first_20_at_a_time_without_gap_or_repeat(ctx: Context) -> None:
    owner, other = factories.person(ctx), factories.person(ctx, "grace")
    factories.messages(ctx, owner, *(f"m{number}" for number in range(45)))
    factories.messages(ctx, other, "not hers")
    seen: list[InboxMessage] = []
    for size, more in ((20, True), (20, True), (5, False)):
        found = slices.inbox(ctx, owner_id=owner.id, before=seen[-1] if seen else None)
        assert (len(found.messages), found.more, found.total) == (size, more, 45)
        seen += found.messages
    assert [each.content for each in seen] == [f"m{number}" for number in reversed(range(45))]


def test_messages_of_one_moment_are_all_seen_once_though_the_place_was_deleted(
    ctx: Context,
) -> None:
    owner = factories.person(ctx)
    factories.messages(ctx, owner, *(f"m{number}" for number in range(50)), sent_at=[ctx.now] * 50)
    first = slices.inbox(ctx, owner_id=owner.id)
    last = first.messages[-1]
    moves.trash(ctx, owner_id=owner.id, ids=last.id)
    send(ctx, "newer")
    second = slices.inbox(ctx, owner_id=owner.id, before=last)
    third = slices.inbox(ctx, owner_id=owner.id, before=second.messages[-1])
    seen = [each.content for part in (first, second, third) for each in part.messages]
    # A newer message with the same timestamp may land on either side of the boundary.
    assert sorted({*seen} - {"newer"}) == sorted(f"m{number}" for number in range(50))
    assert len(seen) == len(set(seen))
    assert not third.more


def test_a_refresh_reaches_down_to_what_was_shown(ctx: Context) -> None:
    owner = factories.person(ctx)
    factories.messages(ctx, owner, *(f"m{n}" for n in range(50)))
    first = slices.inbox(ctx, owner_id=owner.id)
    more = slices.inbox(ctx, owner_id=owner.id, before=first.messages[-1])
    ctx.now += timedelta(minutes=5)
    factories.messages(ctx, owner, "newer")

    last = more.messages[-1]
    again = slices.inbox(ctx, owner_id=owner.id, down_to=last)

    assert len(again.messages) == 41
    assert again.messages[-1] == last
    assert again.more


def test_a_refresh_of_an_enormous_inbox_has_an_end(ctx: Context) -> None:
    owner = factories.person(ctx)
    factories.messages(ctx, owner, *("m" for _ in range(1010)))
    oldest = InboxMessage("", "", "2000-01-01T00:00:00+00:00")
    again = slices.inbox(ctx, owner_id=owner.id, down_to=oldest)
    assert (len(again.messages), again.more, again.total) == (1000, True, 1010)


def test_an_empty_inbox_is_no_error(ctx: Context) -> None:
    found = slices.inbox(ctx, owner_id=factories.person(ctx).id)
    assert (found.messages, found.more, found.total) == ([], False, 0)


def test_a_network_has_60_an_hour_for_an_inbox(ctx: Context) -> None:
    factories.person(ctx)
    factories.person(ctx, "grace")
    for _ in range(60):
        send(ctx)
    with pytest.raises(TooManyAttempts):
        send(ctx)
    send(ctx, network="another")
    send(ctx, username="grace")


def test_a_network_has_200_an_hour_in_all_retries_included(ctx: Context) -> None:
    factories.person(ctx)
    for _ in range(200):
        send(ctx, key="k")
    with pytest.raises(TooManyAttempts):
        send(ctx, username="ada")
    send(ctx, network="another")


def test_arrivals_are_what_is_not_on_screen_yet(ctx: Context) -> None:
    owner, other = factories.person(ctx), factories.person(ctx, "eve")
    factories.messages(ctx, other, "to eve")
    factories.messages(ctx, owner, *(f"m{n}" for n in range(25)))
    shown = slices.inbox(ctx, owner_id=owner.id).messages
    assert slices.arrivals(ctx, owner_id=owner.id, shown=shown, more=True) == []
    ctx.now += timedelta(seconds=24)
    for text in ("first", "second"):
        send(ctx, text, key=text)
    new = slices.arrivals(ctx, owner_id=owner.id, shown=shown, more=True)
    assert {each.content for each in new} == {"first", "second"}
    assert slices.arrivals(ctx, owner_id=owner.id, shown=[*new, *shown], more=True) == []
    everything = slices.arrivals(ctx, owner_id=owner.id, shown=[], more=False)
    assert len(everything) == 27


@pytest.mark.parametrize(("seconds", "is_told"), [(0, True), (1, True), (15, True), (16, False)])
def test_a_commit_that_came_late_is_an_arrival(
    ctx: Context, seconds: int, *, is_told: bool
) -> None:
    owner = factories.person(ctx)
    factories.messages(ctx, owner, "in time")
    shown = slices.inbox(ctx, owner_id=owner.id).messages
    ctx.now -= timedelta(seconds=seconds)
    send(ctx, "late", key="k")
    found = slices.arrivals(ctx, owner_id=owner.id, shown=shown, more=False)
    assert [each.content for each in found] == ["late"] * is_told
