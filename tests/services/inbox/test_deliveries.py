"""Messages that wait: delivered when promised, in mixed order, at one time that tells nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from anonmsg.database.tables import HeldMessage, Message, Person
from anonmsg.public import FolderCounts
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import deletions, exports
from anonmsg.services.inbox import deliveries, delivery_settings, folders, messages, slices
from anonmsg.services.inbox.messages import Draft
from tests import databases, factories
from tests.fakes import Clock
from tests.races import contexts_at_once

# All that a download in progress asks of what is kept about its owner.
NAMED: Any = SimpleNamespace(username="ada")
IN_TABLE = f"SELECT id FROM messages ORDER BY {databases.INSERTED}"  # noqa: S608
EVENING = datetime(2026, 3, 4, 20, tzinfo=UTC)


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def choose(ctx: Context, ada: Person, mode: str, *, hour: int = 20, holds: bool = False) -> None:
    delivery_settings.choose_delivery(ctx, owner_id=ada.id, mode=mode, hour=hour, holds=holds)


def send(runtime: Runtime, *texts: str, later: bool = False, key: str = "") -> None:
    for words in texts:
        with runtime.context() as ctx:
            draft = Draft("ada", words, f"network of {words}", key, later)
            assert messages.send_all(ctx, [draft]) == [None]


def deliver(runtime: Runtime) -> list[str]:
    """Deliver what is due, and return what was announced."""
    with runtime.context() as ctx:
        deliveries.deliver_due(ctx)
        return list(ctx.announced)


def waiting(runtime: Runtime) -> int:
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(HeldMessage.id)).all())


def received(runtime: Runtime) -> list[str]:
    with runtime.context() as ctx:
        return sorted(factories.stored(ctx))


def test_by_default_nothing_waits(runtime: Runtime, ctx: Context, ada: Person) -> None:
    send(runtime, "hello")
    assert (waiting(runtime), received(runtime)) == (0, ["hello"])


@pytest.mark.parametrize(
    ("mode", "hours", "shown"),
    [("hourly", 1, EVENING.replace(hour=13)), ("daily", 8, EVENING)],
)
def test_what_waits_is_nowhere_until_it_is_delivered(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock, mode: str, hours: int,
    shown: datetime,
) -> None:  # fmt: skip
    choose(ctx, ada, mode)
    clock.move(minutes=7)
    send(runtime, "one", "two")
    with runtime.context() as later:
        found = slices.inbox(later, owner_id=ada.id)
        assert (found.messages, found.total, found.counts) == ([], 0, FolderCounts())
        assert received(runtime) == []
        assert later.announced == []
    clock.now = shown - timedelta(seconds=1)
    assert deliver(runtime) == []
    clock.move(seconds=4)
    # As late as the task that looks for it.
    assert deliver(runtime) == [topics.arrivals_of(ada.id)]
    with runtime.context() as later:
        found = slices.inbox(later, owner_id=ada.id)
        assert {each.sent_at for each in found.messages} == {clock.now.isoformat()}
        assert (found.counts.inbox, found.counts.inbox_unread) == (2, 2)
        assert all(each.is_unread for each in found.messages)
    assert (received(runtime), waiting(runtime)) == (["one", "two"], 0)
    assert deliver(runtime) == []


def test_nothing_of_it_is_in_a_download(runtime: Runtime, ctx: Context, ada: Person) -> None:
    choose(ctx, ada, "daily")
    send(runtime, "what waits")
    inbox = exports.Export(ctx, NAMED, owner_id=ada.id, session_id="")
    assert list(inbox._runs()) == []


def test_a_download_has_what_was_delivered(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "daily")
    send(runtime, "what waited")
    clock.now = EVENING
    deliver(runtime)
    with runtime.context() as later:
        inbox = exports.Export(later, NAMED, owner_id=ada.id, session_id="")
        assert [each.content for run in inbox._runs() for each in run] == ["what waited"]


def test_what_fell_due_while_the_server_was_down_comes_at_one_time(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "daily")
    send(runtime, "monday")
    clock.move(days=1)
    send(runtime, "tuesday")
    clock.now = EVENING + timedelta(days=2, hours=3, seconds=7, microseconds=9)
    deliver(runtime)
    with runtime.context() as later, later.reading() as db:
        times = set(db.exec(select(Message.sent_at)).all())
    assert times == {clock.now.replace(microsecond=0)}


def test_a_message_keeps_the_promise_that_its_sender_was_shown(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "daily")
    send(runtime, "promised for the evening")
    choose(ctx, ada, "now")
    send(runtime, "at once")
    deliver(runtime)
    assert received(runtime) == ["at once"]
    choose(ctx, ada, "hourly")
    delivery_settings.choose_time_zone(ctx, owner_id=ada.id, name="Asia/Tokyo")
    clock.now = EVENING - timedelta(seconds=1)
    deliver(runtime)
    assert received(runtime) == ["at once"]
    clock.now = EVENING
    deliver(runtime)
    assert received(runtime) == ["at once", "promised for the evening"]


def test_a_message_that_waits_for_others_goes_on_waiting_whatever_is_chosen(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "now", holds=True)
    send(runtime, "one", "two")
    choose(ctx, ada, "now")
    clock.move(days=4)
    deliver(runtime)
    assert (received(runtime), waiting(runtime)) == ([], 2)
    clock.move(days=3)
    deliver(runtime)
    assert (received(runtime), waiting(runtime)) == (["one", "two"], 0)


def test_three_come_together_and_a_fourth_waits_again(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "now", holds=True)
    send(runtime, "one", "two")
    assert deliver(runtime) == []
    assert received(runtime) == []
    clock.move(hours=30)
    send(runtime, "three")
    assert deliver(runtime) == [topics.arrivals_of(ada.id)]
    assert received(runtime) == ["one", "three", "two"]
    send(runtime, "four")
    deliver(runtime)
    assert (len(received(runtime)), waiting(runtime)) == (3, 1)


def test_others_count_only_once_they_are_due_too(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "daily", holds=True)
    send(runtime, "one", "two")
    clock.now = EVENING
    deliver(runtime)
    send(runtime, "three")
    deliver(runtime)
    assert (received(runtime), waiting(runtime)) == ([], 3)
    clock.now = EVENING + timedelta(days=1)
    deliver(runtime)
    assert received(runtime) == ["one", "three", "two"]


def test_one_that_waits_for_others_stays_when_one_comes_that_does_not(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "now", holds=True)
    send(runtime, "waits for two others")
    choose(ctx, ada, "hourly")
    send(runtime, "comes with the hour")
    clock.move(hours=1)
    deliver(runtime)
    assert (received(runtime), waiting(runtime)) == (["comes with the hour"], 1)


def test_nothing_is_delivered_in_quiet_hours(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    delivery_settings.choose_quiet_hours(ctx, owner_id=ada.id, are_on=True, start=11, end=15)
    send(runtime, "hush")
    assert (received(runtime), waiting(runtime)) == ([], 1)
    clock.now = EVENING.replace(hour=14, minute=59)
    deliver(runtime)
    assert received(runtime) == []
    clock.now = EVENING.replace(hour=15)
    # The hours may be chosen after it was sent, too.
    delivery_settings.choose_quiet_hours(ctx, owner_id=ada.id, are_on=True, start="14", end="16")
    deliver(runtime)
    assert received(runtime) == []
    clock.now = EVENING.replace(hour=16)
    deliver(runtime)
    assert received(runtime) == ["hush"]


def test_owners_for_whom_it_is_quiet_take_no_lock(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(ctx, ada, "hourly")
    send(runtime, "hush")
    clock.move(hours=1)
    delivery_settings.choose_quiet_hours(ctx, owner_id=ada.id, are_on=True, start=13, end=15)
    with runtime.context() as later:
        monkeypatch.setattr(later, "writing", lambda: pytest.fail("it took the lock"))
        deliveries.deliver_due(later)
    # Hours that were chosen after it was looked count, too.
    with runtime.context() as later:
        deliveries._deliver(later, ada.id)
    assert received(runtime) == []


def test_a_sender_may_choose_some_time_in_the_next_day(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    send(runtime, *(f"m{n}" for n in range(40)), later=True)
    assert waiting(runtime) == 40
    seen = []
    for _ in range(96):
        clock.move(minutes=15)
        deliver(runtime)
        seen.append(len(received(runtime)))
    assert (seen[-1], waiting(runtime)) == (40, 0)
    # By lot: forty quarters of an hour of ninety-six, not one, nor the same for all.
    assert len(set(seen)) > 15


@pytest.mark.parametrize("later", [1, "yes", None, {}])
def test_only_a_true_choice_is_one(
    runtime: Runtime, ctx: Context, ada: Person, later: object
) -> None:
    send(runtime, "hello", later=later)  # type: ignore[arg-type]
    assert received(runtime) == ["hello"]


def test_a_retry_makes_one_message_that_waits_and_none_once_it_came(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "hourly")
    send(runtime, "once", key="k")
    send(runtime, "once", key="k", later=True)
    assert waiting(runtime) == 1
    clock.move(hours=1)
    deliver(runtime)
    send(runtime, "once", key="k")
    assert (received(runtime), waiting(runtime)) == (["once"], 0)


def test_deleting_the_account_deletes_what_waits(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    other = factories.person(ctx, "bob")
    for each in (ada, other):
        choose(ctx, each, "daily")
    send(runtime, "for ada")
    factories.send(ctx, username="bob", content="for bob")
    deletions.erase(ctx, person_id=ada.id)
    assert waiting(runtime) == 1
    clock.now = EVENING
    deliver(runtime)
    assert received(runtime) == ["for bob"]


def test_several_workers_deliver_each_message_once(
    runtime: Runtime, ctx: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "BATCH", 2)
    owners = [factories.person(ctx, f"p{n}") for n in range(5)]
    for each in owners:
        choose(ctx, each, "hourly")
        for n in range(4):
            factories.send(ctx, username=each.username, content=f"{each.username} {n}")
    clock.move(hours=1)
    told: list[str] = []

    def work(each: Context, _n: int) -> None:
        deliveries.deliver_due(each)
        told.extend(each.announced)

    contexts_at_once(runtime, 4, work)
    assert received(runtime) == sorted(f"p{p} {n}" for p in range(5) for n in range(4))
    assert sorted(told) == sorted(topics.arrivals_of(each.id) for each in owners)
    with runtime.context() as later:
        assert folders.counts(later, owner_id=owners[0].id).inbox_unread == 4


def rank_correlation(order: list[int]) -> float:
    """Spearman's, of an order with the order of sending; from -1 to 1."""
    n = len(order)
    return 1 - 6 * sum((place - sent) ** 2 for place, sent in enumerate(order)) / (n * (n * n - 1))


@pytest.mark.parametrize("kind", ["shown", "stored"])
def test_order_and_time_of_20_senders_tell_nothing_over_200_rounds(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock, kind: str
) -> None:
    runtime.rate_limits = type(runtime.rate_limits)(factor=1000)
    choose(ctx, ada, "hourly")
    rounds, senders = 200, 20
    sums = 0.0
    for _ in range(rounds):
        start = clock.now
        with runtime.context() as batch:
            for n in range(senders):
                batch.now = start + timedelta(minutes=2 * n, seconds=n)
                draft = Draft("ada", str(n), f"network {n}")
                assert messages.send_all(batch, [draft]) == [None]
        clock.move(hours=1)
        deliver(runtime)
        with runtime.context() as later:
            if kind == "shown":
                found = [
                    int(each.content) for each in slices.inbox(later, owner_id=ada.id).messages
                ]
            else:
                with later.reading() as db:
                    ids = db.connection().execute(text(IN_TABLE))
                    order = [each[0] for each in ids]
                place = {
                    each.id: int(each.content)
                    for each in slices.inbox(later, owner_id=ada.id).messages
                }
                found = [place[each] for each in order]
            with later.writing() as db:
                db.connection().execute(text("DELETE FROM messages"))
        assert sorted(found) == list(range(senders))
        sums += rank_correlation(found)
    # The mean of 200 rounds has a standard deviation of 1 / sqrt(200 * 19), 0.016.
    assert abs(sums / rounds) < 5 * 0.0163


def test_the_database_has_no_finer_time_than_the_delivery(
    runtime: Runtime, ctx: Context, ada: Person, clock: Clock
) -> None:
    choose(ctx, ada, "daily")
    clock.now = datetime(2026, 3, 4, 15, 43, 27, 123456, tzinfo=UTC)
    send(runtime, "a", "b")
    send(runtime, "c", later=True)

    def columns() -> str:
        found = []
        for table in ("held_messages", "messages", "send_keys", "inboxes"):
            found += databases.query(runtime.settings.data_dir, f"SELECT * FROM {table}")  # noqa: S608
        return repr(found)

    for when in (EVENING - timedelta(hours=4), EVENING, EVENING + timedelta(days=2)):
        clock.now = max(clock.now, when)
        deliver(runtime)
        assert not re.search(r"15[:, ]+43|43[:, ]+27|123456", columns())
        if not databases.ON_POSTGRESQL:
            # PostgreSQL's files have the time of each transaction for its own use.
            kept = databases.at_rest(runtime.settings.data_dir)
            assert b"15:43" not in kept
            assert b"20:00:00" in kept
    assert received(runtime) == ["a", "b", "c"]


@pytest.mark.sqlite_only
def test_what_waits_has_no_rowid(runtime: Runtime, ctx: Context, ada: Person) -> None:
    found = databases.query(
        runtime.settings.data_dir, "SELECT sql FROM sqlite_master WHERE name = 'held_messages'"
    )
    assert "WITHOUT ROWID" in str(found)
