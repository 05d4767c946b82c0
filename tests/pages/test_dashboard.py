"""The dashboard's handlers: the inbox, loading more, and the switch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select

from anonmsg.database.tables import Message, Person
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import deliveries, storms
from tests import factories
from tests.fakes import Clock
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _texts(tab: Tab) -> list[str]:
    return [each["content"] for each in tab.inbox]


def _numbered(ctx: Context, owner: Person, count: int) -> list[factories.Sent]:
    return factories.messages(ctx, owner, *(f"{n}" for n in range(count)))


async def test_an_empty_inbox_is_no_error(tab: Callable[..., Tab], ada: Person) -> None:
    page = await tab("/dashboard", "ada").load()
    assert _texts(page) == []
    assert page.shows("dashboard.loaded") is True
    assert (page.shows("dashboard.error"), page.shows("dashboard.more")) == ("", False)
    assert page.shows("dashboard.link") == "http://localhost:3000/u/ada"
    assert page.shows("dashboard.invitation") == "Send me an anonymous message:"
    targets = page.shows("dashboard.targets")
    assert [way["name"] for way in targets] == ["WhatsApp", "Telegram", "X", "Bluesky", "Email"]
    assert {"name", "address", "service"} == set(targets[0])
    assert page.shows("dashboard.preview") == {
        "title": "Send ada an anonymous message · anonmsg",
        "picture": "An envelope addressed to ada, with no sender.",
    }
    assert page.redirects == []


async def test_each_owner_sees_only_their_own_inbox(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, factories.person(ctx, "mallory"), "for mallory")
    factories.messages(ctx, ada, "for ada")
    page = await tab("/dashboard", "ada").load()
    assert _texts(page) == ["for ada"]
    assert "mallory" not in page.received


async def test_more_messages_come_by_twenties_until_there_are_none(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    _numbered(ctx, ada, 45)
    page = await tab("/dashboard", "ada").load()
    assert _texts(page) == [f"{n}" for n in range(44, 24, -1)]
    assert (page.shows("dashboard.more"), page.shows("dashboard.total")) == (True, 45)
    page.forget()
    await page.ask("dashboard.load_more")
    assert page.deltas("dashboard.busy") == [True, False]
    await page.ask("dashboard.load_more")
    assert _texts(page) == [f"{n}" for n in range(44, -1, -1)]
    assert page.shows("dashboard.more") is False
    await page.ask("dashboard.load_more")
    assert _texts(page) == [f"{n}" for n in range(44, -1, -1)]


async def test_asking_for_more_twice_at_once_shows_nothing_twice(
    tab: Callable[..., Tab], site: Site, ada: Person, ctx: Context
) -> None:
    _numbered(ctx, ada, 70)
    page = await tab("/dashboard", "ada").load()
    for _ in range(2):
        await page.enqueue(f"{STATES['dashboard']}.load_more")
    await site.settle()
    assert _texts(page) == [f"{n}" for n in range(69, 9, -1)]


async def test_a_refresh_keeps_what_was_shown_and_takes_in_what_is_new(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    _numbered(ctx, ada, 45)
    page = await tab("/dashboard", "ada").load()
    await page.ask("dashboard.load_more")
    await page.ask("dashboard.refresh")
    assert _texts(page) == [f"{n}" for n in range(44, 4, -1)]
    assert page.shows("dashboard.more") is True


async def test_no_message_disappears_because_a_new_one_has_come(
    tab: Callable[..., Tab], ada: Person, ctx: Context, clock: Clock
) -> None:
    _numbered(ctx, ada, 20)
    page = await tab("/dashboard", "ada").load()
    assert "0" in _texts(page)
    clock.move(minutes=1)
    sender = await tab("/u/ada").load()
    await sender.ask("public_page.send", form={"message": "new"})
    assert "new" in _texts(page)
    assert "0" in _texts(page)


async def test_more_goes_on_after_the_place_where_the_last_one_was_deleted(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    rows = _numbered(ctx, ada, 30)
    page = await tab("/dashboard", "ada").load()
    with ctx.writing() as db:
        db.delete(db.get(Message, rows[10].id))
    await page.ask("dashboard.load_more")
    assert _texts(page)[-10:] == [f"{n}" for n in range(9, -1, -1)]


async def test_the_switch_opens_and_closes_the_inbox(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/dashboard", "ada").load()
    for wanted in (False, False, True):
        await page.ask("dashboard.accept_messages", checked=wanted)
        assert page.shows("dashboard.accepts_messages") is wanted
        with ctx.reading() as db:
            assert db.exec(select(Person.accepts_messages)).one() is wanted


async def test_what_is_no_answer_to_the_switch_never_opens_an_inbox(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    factories.person(ctx, accepts=False)
    page = await tab("/dashboard", "ada").load()
    for checked in [each for each in JUNK if each is not True] + ["true", 1, "on"]:
        await page.ask("dashboard.accept_messages", checked=checked)
        assert page.shows("dashboard.accepts_messages") is False, checked
    with ctx.reading() as db:
        assert db.exec(select(Person.accepts_messages)).one() is False


async def test_busy_is_over_and_the_person_told_when_the_database_fails(
    tab: Callable[..., Tab], site: Site, ada: Person, ctx: Context
) -> None:
    _numbered(ctx, ada, 30)
    page = await tab("/dashboard", "ada").load()
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE messages RENAME TO gone")
    page.forget()
    await page.ask("dashboard.load_more")
    assert page.deltas("dashboard.busy") == [True, False]
    assert page.shows("frame.notice").startswith("Something went wrong on our end. Try again. (")
    assert page.redirects == []


async def test_what_arrives_is_told_and_counted(
    tab: Callable[..., Tab], ada: Person, ctx: Context, clock: Clock
) -> None:
    _numbered(ctx, ada, 3)
    clock.move(hours=1)
    page, sender = await tab("/dashboard", "ada").load(), await tab("/u/ada").load()
    # What was there when the page was opened is no news.
    assert (page.shows("dashboard.news"), page.shows("dashboard.arrived")) == ("", 0)
    heard = []
    for n in range(2):
        await sender.ask("public_page.send", form={"message": f"new {n}", "key": f"k{n}"})
        await sender.ask("public_page.another")
        clock.move(minutes=1)
        assert page.shows("dashboard.news") == "1 new message"
        heard.append(page.shows("dashboard.times_told"))
    assert page.shows("dashboard.arrived") == 2
    # The same sentence is another one, so that it's announced again.
    assert heard == [1, 2]
    await page.load()
    assert (page.shows("dashboard.news"), page.shows("dashboard.arrived")) == ("", 0)


async def test_several_at_once_and_the_first_ever_are_counted(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/dashboard", "ada").load()
    _numbered(ctx, ada, 3)
    await page.ask("dashboard.look_again")
    assert page.shows("dashboard.news") == "3 new messages"
    await page.ask("dashboard.look_again")
    assert page.shows("dashboard.times_told") == 1


async def test_what_moves_up_after_a_deletion_is_no_arrival(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    rows = _numbered(ctx, ada, 30)
    page = await tab("/dashboard", "ada").load()
    with ctx.writing() as db:
        db.delete(db.get(Message, rows[-1].id))
    await page.ask("dashboard.look_again")
    assert (page.shows("dashboard.news"), page.shows("dashboard.arrived")) == ("", 0)


async def test_a_pause_is_shown_on_both_sides_and_ended_at_once(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    factories.person(ctx)
    page, public = await tab("/dashboard", "ada").load(), await tab("/u/ada").load()
    await page.ask("dashboard.pause", form={"length": "tomorrow", "zone": "Asia/Karachi"})
    assert page.shows("dashboard.paused_until") == "2026-03-04T19:00:00+00:00"
    shown = [public.shows(f"public_page.{each}") for each in ("inbox", "reopens")]
    assert shown == ["closed", "Opens again on Wednesday, 4 March 2026, 19:00 (UTC)."]
    await public.ask("public_page.send", form={"message": "hello"})
    assert (public.shows("public_page.sent"), factories.stored(ctx)) == (False, [])
    await page.ask("dashboard.end_pause")
    assert page.shows("dashboard.paused_until") == ""
    shown = [public.shows(f"public_page.{each}") for each in ("inbox", "reopens")]
    assert shown == ["open", " "]


@pytest.mark.parametrize("form", JUNK)
async def test_a_pause_that_is_none_is_refused_in_words(
    tab: Callable[..., Tab], ctx: Context, form: object
) -> None:
    factories.person(ctx)
    page = await tab("/dashboard", "ada").load()
    await page.ask("dashboard.pause", form=form)
    said = "Choose for 1 hour, until tomorrow or until a date."
    assert (page.shows("dashboard.pause_error"), page.shows("dashboard.paused_until")) == (said, "")
    await page.ask("dashboard.pause", form={"length": "hour"})
    assert page.shows("dashboard.pause_error") == ""


async def test_a_test_message_is_marked_and_announced_as_no_arrival(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    factories.person(ctx)
    first, second = await tab("/dashboard", "ada").load(), await tab("/dashboard", "ada").load()
    await first.ask("dashboard.send_test")
    for each in (first, second):
        assert [message["is_test"] for message in each.inbox] == [True]
        assert (each.shows("dashboard.total"), each.shows("dashboard.arrived")) == (0, 0)
    assert first.shows("dashboard.news") == "Test message sent"
    assert second.shows("dashboard.news") == ""
    await second.ask("dashboard.send_test")
    again = await tab("/dashboard", "ada").load()
    assert len(again.inbox) == 1


async def test_too_many_test_messages_are_refused_in_a_sentence(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    factories.person(ctx)
    page = await tab("/dashboard", "ada").load()
    for _ in range(11):
        await page.ask("dashboard.send_test")
    assert page.shows("dashboard.error").startswith("Too many attempts.")


async def test_a_storm_is_told_and_decided_on(
    tab: Callable[..., Tab], ctx: Context, site: Site
) -> None:
    ada = factories.person(ctx)
    storms.choose_brake(ctx, owner_id=ada.id, at=5)
    page, public = await tab("/dashboard", "ada").load(), tab("/u/ada")
    assert (page.shows("storm.count"), page.shows("storm.said")) == (0, "")
    for n in range(8):
        await public.ask("public_page.send", form={"message": f"m{n}", "key": f"key {n}"})
        assert public.shows("public_page.sent") is True
    await site.settle()
    assert page.shows("storm.said") == "3 messages came in a storm and are held."
    # Nothing is deleted that nobody was asked about.
    await page.ask("storm.discard")
    assert page.shows("storm.count") == 3
    await page.ask("storm.ask")
    assert page.shows("storm.asks") is True
    await page.ask("storm.keep")
    assert (page.shows("storm.asks"), page.shows("storm.count")) == (False, 3)
    await page.ask("storm.ask")
    await page.ask("storm.discard")
    assert (page.shows("storm.count"), page.shows("storm.said")) == (0, "")
    await public.ask("public_page.send", form={"message": "again", "key": "key 9"})
    await site.settle()
    assert page.shows("storm.said") == "1 message came in a storm and is held."
    await page.ask("storm.release")
    assert page.shows("storm.count") == 0
    deliveries.deliver_due(ctx)
    assert sorted(factories.stored(ctx)) == ["again", *(f"m{n}" for n in range(5))]
