"""A page that stays open longer than its state is kept: a quarter of an hour without an event.

What comes next finds a state that is new, and Reflex loads the page again by itself.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select

from anonmsg import live
from anonmsg.context import Context
from anonmsg.models import Message, Person
from anonmsg.services import people
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.state.tabs import Site, Tab


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.fixture
def forget_all(site: Site) -> Callable[[], None]:
    """What the state manager does with every tab that was quiet for too long."""
    return site.manager.states.clear


def _received(ctx: Context) -> list[str]:
    with ctx.reading() as db:
        return list(db.exec(select(Message.content)).all())


async def test_who_wrote_for_long_is_told_that_the_message_was_sent(
    tab: Callable[..., Tab], forget_all: Callable[[], None], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    forget_all()
    await page.ask("page.send", form={"message": "hello", "key": page.shows("page.key")})
    assert _received(ctx) == ["hello"]
    assert page.shows("page.sent") is True


async def test_who_wrote_for_long_is_told_why_the_message_was_refused(
    tab: Callable[..., Tab], forget_all: Callable[[], None], ada: Person, ctx: Context
) -> None:
    page = await tab("/u/ada").load()
    people.accept_messages(ctx, owner_id=ada.id, accepts=False)
    forget_all()
    await page.ask("page.send", form={"message": "hello", "key": page.shows("page.key")})
    assert _received(ctx) == []
    assert page.shows("page.error") == "ada is not accepting messages"


async def test_an_open_page_still_hears_that_its_inbox_was_closed(
    tab: Callable[..., Tab], forget_all: Callable[[], None], ada: Person, site: Site
) -> None:
    page = await tab("/u/ada").load()
    forget_all()
    await site.runtime.run(people.accept_messages, owner_id=ada.id, accepts=False)
    await site.settle()
    assert page.shows("page.inbox") == "closed"


async def test_an_owners_tab_still_hears_of_a_message_and_is_watched_by_its_own_token(
    tab: Callable[..., Tab], forget_all: Callable[[], None], ada: Person, site: Site
) -> None:
    hers, sender = await tab("/dashboard", "ada").load(), tab("/u/ada")
    forget_all()
    await sender.ask("page.send", form={"message": "hello"})
    assert [each["content"] for each in hers.shows("dashboard.messages")] == ["hello"]
    watching = site.runtime.hub.watchers(live.inbox_of(ada.id))
    assert {each.token for each in watching} == {hers.token}


async def test_a_sign_up_that_took_long_is_told_why_it_was_refused(
    tab: Callable[..., Tab], forget_all: Callable[[], None]
) -> None:
    page = await tab("/sign-up").load()
    forget_all()
    await page.ask("sign_up.submit", form={"username": "a", "email": "", "password": ""})
    assert set(page.shows("sign_up.errors")) == {"username", "email", "password"}


async def test_a_fresh_code_may_still_be_asked_for(
    tab: Callable[..., Tab],
    forget_all: Callable[[], None],
    ctx: Context,
    clock: Clock,
    mailer: FakeMailer,
) -> None:
    page = await tab("/verify").load(browser=factories.sign_up(ctx))
    clock.move(minutes=16)
    forget_all()
    await page.ask("verify.resend")
    assert page.shows("verify.errors") == {}
    assert page.shows("verify.known") is True
