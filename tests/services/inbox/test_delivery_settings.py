"""The time zone of an owner: chosen from the IANA's, and told in their page's words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from anonmsg import locale
from anonmsg.database.tables import Person
from anonmsg.errors import InvalidDelivery, InvalidTimeZone, NotSignedIn, SameHour
from anonmsg.public import DeliverySettings
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import delivery_settings, local_times
from tests import factories
from tests.payloads import JUNK


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/berlin ", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        # Chromium's name for it, which slim images don't have.
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_zone_is_kept_as_it_is_spelled(
    ctx: Context, ada: Person, typed: object, kept: str
) -> None:
    assert delivery_settings.of(ctx, owner_id=ada.id) == DeliverySettings()
    delivery_settings.choose_time_zone(ctx, owner_id=ada.id, name=typed)
    assert delivery_settings.of(ctx, owner_id=ada.id).time_zone == kept
    assert ctx.announced == [topics.page_of("ada")]


@pytest.mark.parametrize(
    "typed",
    [
        *(each for each in JUNK if each not in ("", None)), "Mars/Olympus", "Berlin", "Etc/GMT+5",
        "posix/Europe/Berlin", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "Europe",
        "localtime", "x" * 9000, "Factory",
    ],
)  # fmt: skip
def test_what_is_no_zone_is_refused(ctx: Context, ada: Person, typed: object) -> None:
    with pytest.raises(InvalidTimeZone):
        delivery_settings.choose_time_zone(ctx, owner_id=ada.id, name=typed)
    assert delivery_settings.of(ctx, owner_id=ada.id).time_zone == ""


def test_nobody_without_an_account_chooses(ctx: Context) -> None:
    with pytest.raises(NotSignedIn):
        delivery_settings.choose_time_zone(ctx, owner_id="nobody", name="Europe/Berlin")
    with pytest.raises(NotSignedIn):
        delivery_settings.of(ctx, owner_id="nobody")


@pytest.mark.parametrize("name", ["", "Atlantis/Nowhere", "..", "x\0y"])
def test_a_zone_that_is_gone_is_utc(name: str) -> None:
    assert local_times.zone_of(name) == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "UTC"),
        ("Asia/Karachi", "UTC+5"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/St_Johns", "UTC-3:30"),
        ("America/New_York", "UTC-5"),
    ],
)
def test_a_time_says_how_far_it_is_from_utc(zone: str, words: str) -> None:
    at = datetime(2026, 3, 4, 12, 5, tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert locale.offset_in_words(at) == words
    assert locale.local_time_in_words(at) == f"Wednesday, 4 March 2026, {at:%H:%M} ({words})"


def test_when_messages_come_is_kept_and_said(ctx: Context, ada: Person) -> None:
    mine = {"owner_id": ada.id}
    for hour in ("7", 7):
        delivery_settings.choose_delivery(ctx, **mine, mode="daily", hour=hour, holds=True)
        delivery_settings.choose_quiet_hours(ctx, **mine, are_on=True, start="22", end=6)
        found = delivery_settings.of(ctx, owner_id=ada.id)
        assert (found.mode, found.hour, found.holds) == ("daily", 7, True)
        assert (found.is_quiet, found.quiet_from, found.quiet_to) == (True, 22, 6)
        assert found.said == factories.page(ctx, username="ada").delivery
        assert found.said.startswith("ada gets messages every morning at 07:00 (UTC), in mixed")
    # The hour stays for whoever comes back to it.
    delivery_settings.choose_delivery(ctx, **mine, mode="now", hour="nonsense", holds="yes")
    delivery_settings.choose_quiet_hours(ctx, **mine, are_on="yes", start="nonsense", end={})
    assert delivery_settings.of(ctx, owner_id=ada.id) == DeliverySettings(hour=7)
    assert factories.page(ctx, username="ada").delivery == ""
    assert ctx.announced == [topics.page_of("ada")] * 6


@pytest.mark.parametrize("junk", [*JUNK, "", "24", "-1", "07", " 7", "7.0", "٧", 24, -1, 7.0])
def test_what_is_no_mode_or_hour_is_refused(ctx: Context, ada: Person, junk: object) -> None:
    mine = {"owner_id": ada.id}
    if junk == 7 and type(junk) is int:
        junk = "seven"
    with pytest.raises(InvalidDelivery):
        delivery_settings.choose_delivery(ctx, **mine, mode=junk, hour=7, holds=False)
    with pytest.raises(InvalidDelivery):
        delivery_settings.choose_delivery(ctx, **mine, mode="daily", hour=junk, holds=False)
    for hours in ({"start": junk, "end": 7}, {"start": 7, "end": junk}):
        with pytest.raises(InvalidDelivery):
            delivery_settings.choose_quiet_hours(ctx, **mine, are_on=True, **hours)
    with pytest.raises(SameHour):
        delivery_settings.choose_quiet_hours(ctx, **mine, are_on=True, start="7", end=7)
    assert delivery_settings.of(ctx, owner_id=ada.id) == DeliverySettings()


def test_nobody_without_an_account_chooses_a_delivery(ctx: Context) -> None:
    with pytest.raises(NotSignedIn):
        delivery_settings.choose_delivery(ctx, owner_id="x", mode="now", hour=1, holds=False)
    with pytest.raises(NotSignedIn):
        delivery_settings.choose_quiet_hours(ctx, owner_id="x", are_on=True, start=1, end=2)
