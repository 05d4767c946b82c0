"""The public page's handlers: a retry sends one message, every refusal has a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person
from anonmsg.framework.connections import EVENTS_AFTER_CLOSE
from anonmsg.pages.public_page.page import public_page
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.services.accounts import people
from anonmsg.services.inbox.suggestions import BANK
from tests import factories
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

EMPTY = "Write a message first."
TOO_LONG = "That's too long. Use at most 1,000 characters."

# The page's own script makes it and keeps it until the message is sent.
KEY = "a-random-key-of-the-form"


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _received(ctx: Context) -> list[str]:
    return factories.stored(ctx)


async def test_a_page_that_is_not_there_says_so(tab: Callable[..., Tab], ada: Person) -> None:
    for path in ("/u/nobody", "/u/a%00b", "/u/a\x00b", f"/u/{'a' * 3000}", "/u/\u212a", "/u/%20"):
        shown = await tab(path).load()
        assert shown.shows("public_page.inbox") == "missing", path
        assert shown.shows("public_page.owner") == "someone"


async def test_a_closed_inbox_is_told_before_anyone_types(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    factories.person(ctx, "Bob", accepts=False)
    shown = await tab("/u/bob").load()
    assert (shown.shows("public_page.inbox"), shown.shows("public_page.owner")) == ("closed", "Bob")


async def test_a_page_shows_its_owners_own_spelling(tab: Callable[..., Tab], ada: Person) -> None:
    shown = await tab("/u/ADA/").load()
    assert (shown.shows("public_page.inbox"), shown.shows("public_page.owner")) == ("open", "ada")


async def test_nobody_learns_more_of_an_owner_than_the_name(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "a secret")
    shown = await tab("/u/ada").load()
    await shown.ask("public_page.send", form={"message": "hello"})
    for secret in (ada.id, ada.email, ada.password_hash, "a secret"):
        assert secret not in shown.received


async def test_a_form_that_is_no_form_is_answered_by_a_sentence(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    for form in JUNK:
        page.forget()
        await page.ask("public_page.send", form=form)
        assert page.deltas("public_page.error")[-1:] == [EMPTY], form
        assert page.deltas("public_page.busy") == [True, False], form
        assert page.deltas("frame.notice") == [], form
    assert _received(ctx) == []


async def test_a_message_that_is_no_message_is_answered_by_a_sentence(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    texts = [(each, EMPTY) for each in JUNK if not str(each).startswith("999")]
    texts += [("\x00\x01", EMPTY), ("\ud800\udfff", EMPTY), (" \n ", EMPTY)]
    texts += [("9" * 5000, TOO_LONG), ("9" * 1001, TOO_LONG), ("9" * 9000, TOO_LONG)]
    page = await tab("/u/ada").load()
    for message, sentence in texts:
        page.forget()
        await page.ask("public_page.send", form={"message": message, "key": "k"})
        assert page.deltas("public_page.error")[-1:] == [sentence], message
        assert page.deltas("public_page.busy") == [True, False], message
        assert page.deltas("public_page.sent") == [], message
    assert _received(ctx) == []


async def test_a_key_that_is_no_key_loses_no_message(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    for n, key in enumerate(JUNK):
        await page.ask("public_page.another")
        await page.ask("public_page.send", form={"message": f"{n}", "key": key})
        assert page.shows("public_page.sent") is True, key
    assert sorted(map(int, _received(ctx))) == list(range(len(JUNK)))


async def test_a_message_is_sent_as_reflexs_client_wraps_a_form(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    entries = [["message", "hello"], ["key", KEY], ["message", "hello\x07!"]]
    await page.ask("public_page.send", form={"__reflex_form_data__": entries})
    assert page.deltas("public_page.busy")[-2:] == [True, False]
    assert (page.shows("public_page.sent"), page.shows("public_page.error")) == (True, "")
    assert _received(ctx) == ["hello!"]


async def test_a_double_send_makes_one_message(
    tab: Callable[..., Tab], site: Site, ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    form = {"message": "hello", "key": KEY}
    for _ in range(3):
        await page.enqueue(f"{STATES['public_page']}.send", form=form)
    await site.settle()
    assert page.shows("public_page.sent") is True
    assert _received(ctx) == ["hello"]


async def test_messages_of_closed_tabs_count_against_their_own_network(
    tab: Callable[..., Tab], site: Site, ada: Person, ctx: Context
) -> None:
    send = f"{STATES['public_page']}.send"
    site.runtime.rate_limits = RateLimits(overrides={"send_network": "4 per hour"})
    for n in range(6):
        page = await tab("/u/ada", network="in a hurry").load()
        await page.enqueue(send, form={"message": f"hurried {n}", "key": f"{KEY}{n}"})
        page.close()
        await site.settle()
    patient = await tab("/u/ada", network="elsewhere").load()
    await patient.enqueue(send, form={"message": "honest", "key": KEY})
    patient.close()
    await site.settle()
    assert _received(ctx) == [*(f"hurried {n}" for n in range(4)), "honest"]


async def test_a_closed_tab_leaves_few_events_behind(
    tab: Callable[..., Tab], site: Site, ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    page.close()
    for n in range(10):
        form = {"message": f"{n}", "key": f"{KEY}{n}"}
        await page.enqueue(f"{STATES['public_page']}.send", form=form)
    await site.settle()
    assert _received(ctx) == [f"{n}" for n in range(EVENTS_AFTER_CLOSE)]


async def test_a_retry_by_a_socket_that_came_back_makes_one_message(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    await page.ask("public_page.send", form={"message": "hello", "key": KEY})
    # The response was lost with the socket; the box still has the text.
    page.close()
    again = await tab("/u/ada", token=page.token).load(again=True)
    assert again.shows("public_page.sent") is True
    await again.ask("public_page.send", form={"message": "hello", "key": KEY})
    assert _received(ctx) == ["hello"]


async def test_another_message_with_the_same_words_is_another_message(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    await page.ask("public_page.send", form={"message": "hello", "key": KEY})
    await page.ask("public_page.another")
    assert (page.shows("public_page.sent"), page.shows("public_page.error")) == (False, "")
    await page.ask("public_page.send", form={"message": "hello", "key": f"{KEY} of the next"})
    assert _received(ctx) == ["hello", "hello"]


async def test_another_visit_is_told_of_an_empty_box_from_its_first_frame(
    tab: Callable[..., Tab], ada: Person
) -> None:
    page = await tab("/u/ada").load()
    await page.ask("public_page.send", form={"message": "hello", "key": KEY})
    page.forget()
    await page.load()
    assert set(page.deltas("public_page.sent")) == {False}


async def test_a_late_echo_does_not_take_the_next_box_away(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    form = {"message": "hello", "key": KEY}
    await page.ask("public_page.send", form=form)
    await page.ask("public_page.another")
    await page.ask("public_page.send", form=form)
    assert (page.shows("public_page.sent"), page.shows("public_page.busy")) == (False, False)
    await page.ask("public_page.send", form={"message": "again", "key": f"{KEY} of the next"})
    assert page.shows("public_page.sent") is True
    assert _received(ctx) == ["hello", "again"]


async def test_an_inbox_that_closed_meanwhile_keeps_the_box_and_says_why(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    people.accept_messages(ctx, owner_id=ada.id, accepts=False)
    await page.ask("public_page.send", form={"message": "hello", "key": KEY})
    # The notice at the top says it, in one place.
    assert (page.shows("public_page.inbox"), page.shows("public_page.error")) == ("closed", "")
    assert (page.shows("public_page.sent"), page.shows("public_page.busy")) == (False, False)
    assert _received(ctx) == []


async def test_an_inbox_that_opens_again_takes_the_refusal_back(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page, owner = await tab("/u/ada").load(), await tab("/dashboard", "ada").load()
    await owner.ask("dashboard.accept_messages", checked=False)
    await page.ask("public_page.send", form={"message": "hello", "key": KEY})
    assert page.shows("public_page.inbox") == "closed"
    await owner.ask("dashboard.accept_messages", checked=True)
    assert (page.shows("public_page.inbox"), page.shows("public_page.error")) == ("open", "")
    await page.ask("public_page.send", form={"message": "hello", "key": KEY})
    assert page.shows("public_page.sent") is True
    assert _received(ctx) == ["hello"]


@pytest.mark.parametrize("column", ["banned_at", "leaves_at"])
async def test_a_page_that_was_removed_meanwhile_keeps_the_box_and_says_why(
    tab: Callable[..., Tab], ada: Person, ctx: Context, column: str
) -> None:
    page = await tab("/u/ada").load()
    with ctx.writing() as db:
        setattr(db.get_one(Person, ada.id), column, ctx.now)
    await page.ask("public_page.send", form={"message": "hello", "key": KEY})
    assert (page.shows("public_page.inbox"), page.shows("public_page.error")) == ("missing", "")
    assert (page.shows("public_page.sent"), page.shows("public_page.busy")) == (False, False)
    assert _received(ctx) == []


def test_the_notice_at_the_top_is_a_live_region_that_never_leaves_the_page() -> None:
    markup = str(public_page())
    main = markup.partition('id:"content"')[2]
    place = main.index('id:"page-notice"')
    assert place < main.index('jsx("h1"') < main.index('id:"compose"')
    assert 'role:"status"' in main[place : place + 120]
    assert main[place:].index("is not accepting messages") < main[place:].index('jsx("h1"')
    assert main[place:].index('"Copy text"') < main[place:].index('jsx("h1"')


async def test_a_flood_is_refused_with_the_time_to_wait(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    for _ in range(60):
        ctx.rate_limits.spend("send_network_inbox", "network-of-the-tests", ada.id)
    await page.ask("public_page.send", form={"message": "hello"})
    assert page.shows("public_page.error").startswith("Too many attempts. Try again in ")
    other = await tab("/u/ada", network="another").load()
    await other.ask("public_page.send", form={"message": "hello"})
    assert other.shows("public_page.sent") is True


async def test_busy_is_over_and_the_person_told_when_the_database_fails(
    tab: Callable[..., Tab], site: Site, ada: Person
) -> None:
    page = await tab("/u/ada").load()
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE send_keys RENAME TO gone")
    await page.ask("public_page.send", form={"message": "hello", "key": "k"})
    assert page.deltas("public_page.busy")[-2:] == [True, False]
    assert page.shows("public_page.sent") is False
    assert page.shows("frame.notice").startswith("Something went wrong on our end. Try again. (")
    assert "send_keys" not in page.received
    assert "hello" not in page.received


async def test_a_handler_without_its_payload_is_answered_by_a_sentence(
    tab: Callable[..., Tab], ada: Person
) -> None:
    page = await tab("/u/ada").load()
    for payload in ({}, {"form": {}, "more": 1}):
        await page.ask("public_page.send", **payload)
        outdated = "This page is out of date. Reload it and try again."
        assert page.shows("frame.notice") == outdated
        await page.ask("frame.dismiss")
        assert page.shows("frame.notice") == ""


async def test_suggestions_are_three_and_never_those_on_the_screen(
    tab: Callable[..., Tab], ada: Person
) -> None:
    page = await tab("/u/ada").load()
    shown: list[str] = []
    for _ in range(4):
        before = shown
        await page.ask("public_page.suggest")
        shown = page.shows("public_page.suggestions")
        assert len(set(shown)) == 3
        assert set(shown) <= set(BANK)
        assert not set(shown) & set(before)
