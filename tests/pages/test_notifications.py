"""The section about emails on new messages: what it shows and changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person
from anonmsg.public import DigestChoice
from anonmsg.runtime.context import Context
from anonmsg.services import outbox
from anonmsg.services.notifications import email_digests
from tests import factories
from tests.fakes import Clock
from tests.payloads import JUNK
from tests.tabs import Tab


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.fixture
async def page(tab: Callable[..., Tab], ada: Person) -> Tab:
    return await tab("/settings", "ada").load()


def shown(page: Tab) -> list[object]:
    return [page.shows(f"notifications.{each}") for each in ("frequency", "hour", "said", "errors")]


async def test_it_is_off_until_it_is_chosen(page: Tab, ctx: Context, ada: Person) -> None:
    assert shown(page) == ["off", "20", {}, {}]
    await page.ask("notifications.choose", form={"frequency": "daily", "hour": "7"})
    assert shown(page) == ["daily", "7", {"notifications": "Saved"}, {}]
    assert email_digests.choice(ctx, owner_id=ada.id) == DigestChoice("daily", 7)
    await page.ask("notifications.choose", form={"frequency": "off", "hour": "7"})
    assert email_digests.choice(ctx, owner_id=ada.id) == DigestChoice()


@pytest.mark.parametrize("junk", JUNK)
async def test_what_cannot_be_chosen_is_refused_under_its_field(page: Tab, junk: object) -> None:
    await page.ask("notifications.choose", form={"frequency": junk})
    sentence = "Choose off, at most once an hour, or once a day."
    assert shown(page)[3] == {"notifications.frequency": sentence}
    await page.ask("notifications.choose", form=junk)
    assert shown(page)[3] == {"notifications.frequency": sentence}


async def test_an_open_inbox_is_no_news(
    tab: Callable[..., Tab], ada: Person, ctx: Context, clock: Clock, page: Tab
) -> None:
    email_digests.choose(ctx, owner_id=ada.id, frequency="hourly")
    factories.messages(ctx, ada, "hello")
    clock.move(minutes=5)
    await tab("/dashboard", "ada").load()
    clock.move(hours=2)
    with page.site.runtime.context() as later:
        assert email_digests.tell_next(later) is False
    assert await _mails(page) == 0


async def test_a_tab_that_was_left_open_is_no_look(
    tab: Callable[..., Tab], ada: Person, ctx: Context, clock: Clock
) -> None:
    dashboard = await tab("/dashboard", "ada").load()
    email_digests.choose(ctx, owner_id=ada.id, frequency="hourly")
    factories.messages(ctx, ada, "hello")
    clock.move(minutes=5)
    await dashboard.ask("dashboard.look_for_arrivals")
    await dashboard.ask("dashboard.look_again")
    clock.move(hours=2)
    with dashboard.site.runtime.context() as later:
        email_digests.tell_next(later)
    assert await _mails(dashboard) == 1


async def _mails(page: Tab) -> int:
    with page.site.runtime.context() as ctx, ctx.reading():
        return outbox.bulk_waiting(ctx)
