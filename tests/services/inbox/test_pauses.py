"""A paused page refuses like a closed one, says when it opens again, and opens by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from anonmsg.background import keep_hours
from anonmsg.database.tables import Person
from anonmsg.errors import InboxClosed, InboxPaused, InvalidDay, InvalidPause, NotSignedIn
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import people
from anonmsg.services.inbox import delivery_settings, messages, pauses
from anonmsg.services.inbox.messages import Draft
from tests import factories
from tests.fakes import Clock
from tests.payloads import JUNK
from tests.races import contexts_at_once

REOPENS = "Opens again on Wednesday, 4 March 2026, 13:01 (UTC)."


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx, "Ada")


def until(ctx: Context) -> datetime | None:
    with ctx.reading() as db:
        return db.exec(select(Person.paused_until)).one()


def test_a_paused_page_refuses_and_says_when_it_opens_again(ctx: Context, ada: Person) -> None:
    pauses.pause(ctx, owner_id=ada.id, length="hour")
    page = factories.page(ctx, username="ada")
    assert (page.accepts_messages, page.reopens) == (False, REOPENS)
    (refusal,) = messages.send_all(ctx, [Draft("ada", "hello", "n")])
    assert type(refusal) is InboxPaused
    assert refusal.sentence == f"Ada is not accepting messages. {REOPENS}"
    assert refusal.by_field() == {"message": refusal.sentence}
    assert factories.stored(ctx) == []
    assert ctx.announced == [topics.page_of("ada"), topics.inbox_of(ada.id)]
    seen = people.owner(ctx, owner_id=ada.id)
    assert (seen.accepts_messages, seen.paused_until) == (True, "2026-03-04T13:01:00+00:00")


def test_a_page_that_is_closed_as_well_does_not_say_that_it_opens(
    ctx: Context, ada: Person
) -> None:
    pauses.pause(ctx, owner_id=ada.id, length="hour")
    people.accept_messages(ctx, owner_id=ada.id, accepts=False)
    page = factories.page(ctx, username="ada")
    assert (page.accepts_messages, page.reopens) == (False, "")
    (refusal,) = messages.send_all(ctx, [Draft("ada", "hello", "n")])
    assert type(refusal) is InboxClosed


def test_it_opens_by_itself_to_the_second(runtime: Runtime, clock: Clock, ada: Person) -> None:
    with runtime.context() as ctx:
        pauses.pause(ctx, owner_id=ada.id, length="hour")
    clock.move(minutes=60, seconds=59)
    with runtime.context() as ctx:
        pauses.end_due(ctx)
        assert ctx.announced == []
        assert not factories.page(ctx, username="ada").accepts_messages
    clock.move(seconds=1)
    with runtime.context() as ctx:
        # Even before anything has looked.
        assert factories.page(ctx, username="ada").accepts_messages
        assert people.owner(ctx, owner_id=ada.id).paused_until == ""
        factories.send(ctx, username="ada", content="at last")
        ctx.announced.clear()
        pauses.end_due(ctx)
        assert ctx.announced == [topics.page_of("ada"), topics.inbox_of(ada.id)]
        assert until(ctx) is None
        pauses.end_due(ctx)
        assert len(ctx.announced) == 2


def test_an_owner_ends_it_at_once(ctx: Context, ada: Person) -> None:
    pauses.pause(ctx, owner_id=ada.id, length="tomorrow")
    other = factories.person(ctx, "bob")
    pauses.pause(ctx, owner_id=other.id, length="tomorrow")
    ctx.announced.clear()
    pauses.end(ctx, owner_id=ada.id)
    assert factories.page(ctx, username="ada").accepts_messages
    assert not factories.page(ctx, username="bob").accepts_messages
    assert ctx.announced == [topics.page_of("ada"), topics.inbox_of(ada.id)]
    pauses.end(ctx, owner_id=ada.id)
    pauses.end(ctx, owner_id="nobody")
    assert len(ctx.announced) == 2


@pytest.mark.parametrize(
    ("zone", "length", "day", "ends_at"),
    [
        ("", "tomorrow", "", datetime(2026, 3, 5, tzinfo=UTC)),
        ("Asia/Karachi", "tomorrow", "", datetime(2026, 3, 4, 19, tzinfo=UTC)),
        ("Pacific/Kiritimati", "tomorrow", "", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", "tomorrow", "", datetime(2026, 3, 5, 11, tzinfo=UTC)),
        ("Europe/Berlin", "date", "2026-03-29", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Europe/Berlin", "date", "2026-03-30", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Europe/Berlin", "date", "2026-10-25", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("Europe/Berlin", "date", "2026-10-26", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        # A day that begins at one o'clock, because midnight is skipped.
        ("Africa/Cairo", "date", "2026-04-24", datetime(2026, 4, 23, 22, tzinfo=UTC)),
        ("Asia/Calcutta", "date", "2027-03-05", datetime(2027, 3, 4, 18, 30, tzinfo=UTC)),
    ],
)
def test_a_day_begins_where_the_owner_is(
    ctx: Context, ada: Person, zone: str, length: str, day: str, ends_at: datetime
) -> None:
    delivery_settings.choose_time_zone(ctx, owner_id=ada.id, name=zone)
    # The browser's own zone counts only for who has chosen none.
    suggested = "Asia/Tokyo" if zone else ""
    pauses.pause(ctx, owner_id=ada.id, length=length, until=day, zone=suggested)
    assert until(ctx) == ends_at


def test_a_suggested_zone_counts_for_who_has_chosen_none_and_is_not_kept(
    ctx: Context, ada: Person
) -> None:
    pauses.pause(ctx, owner_id=ada.id, length="tomorrow", zone="Asia/Karachi")
    assert until(ctx) == datetime(2026, 3, 4, 19, tzinfo=UTC)
    assert delivery_settings.of(ctx, owner_id=ada.id).time_zone == ""
    for nonsense in (*JUNK, "Mars/Olympus", "x" * 9000):
        pauses.pause(ctx, owner_id=ada.id, length="tomorrow", zone=nonsense)
        assert until(ctx) == datetime(2026, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize("length", [*JUNK, "", "forever", "Hour", "hour "])
def test_what_is_no_length_pauses_nothing(ctx: Context, ada: Person, length: object) -> None:
    with pytest.raises(InvalidPause):
        pauses.pause(ctx, owner_id=ada.id, length=length, until="2026-03-06")
    assert until(ctx) is None
    assert ctx.announced == []


@pytest.mark.parametrize(
    "day",
    [
        *JUNK, "", "2026-03-04", "2026-03-03", "2027-03-06", "2026-02-30", "9999-12-31",
        "0000-01-01", "2026-3-5", "20260305", "2026-W10-4", "٢٠٢٦-٠٣-٠٥", " 2026-03-05",
    ],
)  # fmt: skip
def test_a_day_that_is_none_or_not_ahead_pauses_nothing(
    ctx: Context, ada: Person, day: object
) -> None:
    with pytest.raises(InvalidDay):
        pauses.pause(ctx, owner_id=ada.id, length="date", until=day)
    assert until(ctx) is None


def test_nobody_without_an_account_pauses_anything(ctx: Context, ada: Person) -> None:
    with pytest.raises(NotSignedIn):
        pauses.pause(ctx, owner_id="nobody", length="hour")
    assert until(ctx) is None


def test_several_workers_tell_it_once(
    runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "BATCH", 2)
    with runtime.context() as ctx:
        owners = [factories.person(ctx, f"p{n}") for n in range(5)]
        for each in owners:
            pauses.pause(ctx, owner_id=each.id, length="hour")
    clock.move(hours=2)
    told: list[str] = []

    def look(each: Context, _n: int) -> None:
        pauses.end_due(each)
        told.extend(each.announced)

    contexts_at_once(runtime, 4, look)
    assert sorted(told) == sorted(
        topic
        for each in owners
        for topic in (topics.page_of(each.username), topics.inbox_of(each.id))
    )


async def test_the_background_task_tells_it_even_after_a_failure(
    runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime.context() as ctx:
        ada = factories.person(ctx)
        pauses.pause(ctx, owner_id=ada.id, length="hour")
    clock.move(hours=2)
    really, failures = pauses.end_due, [OSError("disk")]

    def stumble(ctx: Context) -> None:
        if failures:
            raise failures.pop()
        really(ctx)

    monkeypatch.setattr(pauses, "end_due", stumble)
    task = asyncio.create_task(keep_hours(runtime, every=0.01))
    try:
        async with asyncio.timeout(10):
            while True:
                with runtime.context() as ctx:
                    if until(ctx) is None:
                        break
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
    assert failures == []


def test_an_hour_is_told_in_whole_minutes(ctx: Context, ada: Person, clock: Clock) -> None:
    ctx.now += timedelta(seconds=59)
    pauses.pause(ctx, owner_id=ada.id, length="hour")
    ends_at = until(ctx)
    assert ends_at is not None
    assert timedelta(hours=1) <= ends_at - ctx.now <= timedelta(minutes=61)
    assert (ends_at.second, ends_at.microsecond) == (0, 0)
