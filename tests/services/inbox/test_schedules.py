"""When messages come: by the owner's clocks, on days of 23 and 25 hours, and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonmsg.services.inbox import schedules
from anonmsg.services.inbox.schedules import A_DAY, AT_ONCE, Schedule

BERLIN = "Europe/Berlin"
HELD = "They wait until at least 3 have come, but no longer than 7 days."
QUIET = "Nothing is delivered from 22:00 to 07:00 (UTC+1)."
NOON = datetime(2026, 3, 4, 12, 7, 31, 5, tzinfo=UTC)


def due(schedule: Schedule, now: datetime, *, later: bool = False) -> datetime | None:
    promise = schedule.promise(now, later=later)
    return promise and promise.due_at


def local(*parts: int, zone: str = BERLIN, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]


def daily(hour: int, **more: object) -> Schedule:
    return Schedule("daily", hour, **{"time_zone": BERLIN, **more})  # type: ignore[arg-type]


def test_by_default_everything_comes_at_once_and_nothing_is_said() -> None:
    assert AT_ONCE.is_plain
    assert AT_ONCE.promise(NOON) is None
    assert AT_ONCE.in_words("Lena", NOON) == ""


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (daily(20), local(2026, 3, 4, 19, 59), local(2026, 3, 4, 20)),
        (daily(20), local(2026, 3, 4, 20), local(2026, 3, 5, 20)),
        # The day of 23 hours, on which the clocks skip from two to three.
        (daily(20), local(2026, 3, 28, 20, 1), local(2026, 3, 29, 20)),
        (daily(2), local(2026, 3, 29, 0), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (daily(2), datetime(2026, 3, 29, 1, tzinfo=UTC), local(2026, 3, 30, 2)),
        (daily(3), local(2026, 3, 29, 0), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # The day of 25 hours, on which two o'clock comes twice, and messages once.
        (daily(2), local(2026, 10, 25, 0), datetime(2026, 10, 25, 0, tzinfo=UTC)),
        (daily(2), datetime(2026, 10, 25, 0, tzinfo=UTC), local(2026, 10, 26, 2)),
        (daily(2), datetime(2026, 10, 25, 1, tzinfo=UTC), local(2026, 10, 26, 2)),
        (daily(20), local(2026, 10, 24, 20), local(2026, 10, 25, 20)),
        (Schedule("hourly"), NOON, NOON.replace(hour=13, minute=0, second=0, microsecond=0)),
        (
            Schedule("hourly", time_zone="Asia/Kathmandu"),
            NOON,
            NOON.replace(minute=15, second=0, microsecond=0),
        ),
        (
            Schedule("hourly", time_zone=BERLIN),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
        ),
        (
            Schedule(quiet_from=22, quiet_to=7, time_zone=BERLIN),
            local(2026, 3, 4, 23),
            local(2026, 3, 5, 7),
        ),
        (
            Schedule(quiet_from=22, quiet_to=7, time_zone=BERLIN),
            local(2026, 3, 5, 6, 59),
            local(2026, 3, 5, 7),
        ),
        (Schedule(quiet_from=22, quiet_to=7, time_zone=BERLIN), local(2026, 3, 5, 7), None),
        (Schedule(quiet_from=1, quiet_to=5, time_zone=BERLIN), local(2026, 3, 5, 0, 59), None),
        (
            Schedule("hourly", quiet_from=22, quiet_to=7, time_zone=BERLIN),
            local(2026, 3, 4, 21, 30),
            local(2026, 3, 5, 7),
        ),
        (daily(23, quiet_from=22, quiet_to=7), local(2026, 3, 4, 12), local(2026, 3, 5, 7)),
        # Quiet hours that end in the hour that is skipped.
        (
            Schedule(quiet_from=22, quiet_to=2, time_zone=BERLIN),
            local(2026, 3, 29, 1, 30),
            datetime(2026, 3, 29, 1, tzinfo=UTC),
        ),
    ],
)
def test_messages_come_when_the_owners_clock_says(
    schedule: Schedule, now: datetime, expected: datetime | None
) -> None:
    assert due(schedule, now) == expected


any_schedule = st.builds(
    Schedule,
    mode=st.sampled_from(schedules.MODES),
    hour=st.integers(0, 23),
    together=st.sampled_from([1, schedules.TOGETHER]),
    quiet_from=st.integers(0, 23),
    quiet_to=st.integers(0, 23),
    time_zone=st.sampled_from(
        ["", BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo"]
    ),
)
# Around the days on which clocks change, to the second.
any_time = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 10)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)


@given(schedule=any_schedule, now=any_time)
def test_a_promise_says_nothing_finer_than_a_delivery_and_is_kept_within_seven_days(
    schedule: Schedule, now: datetime
) -> None:
    promise = schedule.promise(now)
    if promise is None:
        assert schedule.together == 1
        assert not schedule.is_quiet_at(now)
        return
    # A delivery, or the day of one that waits for others.
    assert (promise.due_at.second, promise.due_at.microsecond) == (0, 0)
    assert promise.due_at.minute % 15 == 0
    if promise.due_at > now:
        assert not schedule.is_quiet_at(promise.due_at)
        assert promise.due_at - now <= timedelta(hours=48)
    else:
        assert (promise.together, promise.due_at.hour, promise.due_at.minute) == (3, 0, 0)
    if promise.together == 1:
        assert promise.latest_at is None
        return
    assert promise.latest_at is not None
    latest = max(promise.latest_at, promise.due_at)
    while schedule.is_quiet_at(latest):
        latest += timedelta(minutes=1)
    assert latest - now <= timedelta(days=7)
    # Whoever sends a moment later is promised the same, unless a delivery is between.
    again = schedule.promise(now + timedelta(microseconds=1))
    assert again is not None
    if again.due_at == promise.due_at:
        assert again == promise


@given(schedule=any_schedule, now=any_time)
def test_some_time_is_within_24_hours_unless_it_is_quiet_for_longer(
    schedule: Schedule, now: datetime
) -> None:
    promise = schedule.promise(now, later=True)
    assert promise is not None
    assert promise.due_at > now
    assert not schedule.is_quiet_at(promise.due_at)
    if schedule.mode != "daily":
        assert promise.due_at <= now + A_DAY
    else:
        assert promise.due_at <= now + 2 * A_DAY


def test_some_time_is_any_quarter_of_an_hour_and_drawn_by_lot() -> None:
    drawn = [due(AT_ONCE, NOON, later=True) for _ in range(3000)]
    first = NOON.replace(minute=15, second=0, microsecond=0)
    assert set(drawn) == {first + n * timedelta(minutes=15) for n in range(96)}
    quiet = Schedule(quiet_from=13, quiet_to=12)
    drawn = [due(quiet, NOON, later=True) for _ in range(200)]
    hours = {each.hour for each in drawn if each}
    assert hours == {12}
    hourly = [due(Schedule("hourly"), NOON, later=True) for _ in range(1000)]
    assert {each.minute for each in hourly if each} == {0}
    assert len(set(hourly)) == 24
    assert {due(daily(20), NOON, later=True) for _ in range(50)} == {due(daily(20), NOON)}


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (daily(20), "Lena gets messages every evening at 20:00 (UTC+1), in mixed order."),
        (daily(7), "Lena gets messages every morning at 07:00 (UTC+1), in mixed order."),
        (daily(12), "Lena gets messages every afternoon at 12:00 (UTC+1), in mixed order."),
        (daily(0), "Lena gets messages every night at 00:00 (UTC+1), in mixed order."),
        (Schedule("hourly"), "Lena gets messages every hour, in mixed order."),
        (Schedule(together=3), f"Lena gets messages in mixed order. {HELD}"),
        (
            daily(18, together=3, quiet_from=22, quiet_to=7),
            f"Lena gets messages every evening at 18:00 (UTC+1), in mixed order. {HELD} {QUIET}",
        ),
        (
            Schedule(quiet_from=22, quiet_to=7),
            "Nothing is delivered from 22:00 to 07:00 (UTC).",
        ),
    ],
)
def test_senders_are_told_when(schedule: Schedule, said: str) -> None:
    assert schedule.in_words("Lena", NOON) == said
