"""Pushes: open tabs learn what happens, each with its own proof of who it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import reflex as rx
from sqlmodel import update

from anonmsg.database.tables import Person
from anonmsg.framework.connections import connection_id_in, connections
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.services import outbox
from anonmsg.services.accounts import people
from anonmsg.services.sessions import sessions
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.tabs import STATES, Site, Tab


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _texts(tab: Tab) -> list[str]:
    return [each["content"] for each in tab.inbox]


async def _write(sender: Tab, text: str) -> None:
    await sender.ask("public_page.send", form={"message": text})
    assert sender.shows("public_page.sent") is True
    await sender.ask("public_page.another")


async def test_a_message_reaches_every_open_tab_of_its_owner_unasked(
    tab: Callable[..., Tab], ada: Person
) -> None:
    tabs = [await tab("/dashboard", "ada").load() for _ in range(2)]
    sender = await tab("/u/ada").load()
    for each in tabs:
        each.forget()
    await _write(sender, "hello")
    assert [_texts(each) for each in tabs] == [["hello"], ["hello"]]
    assert [each.shows("dashboard.total") for each in tabs] == [1, 1]


async def test_a_message_reaches_nobody_but_its_owner(
    tab: Callable[..., Tab], ada: Person, ctx: Context, site: Site
) -> None:
    factories.person(ctx, "eve")
    eves, other = await tab("/dashboard", "eve").load(), await tab("/u/ada").load()
    hers = await tab("/dashboard", "ada").load()
    sender = await tab("/u/ada").load()
    await _write(sender, "between us")
    assert "between us" in site.sent_to(hers)
    for each in (eves, other, sender):
        assert "between us" not in site.sent_to(each)


async def test_a_push_is_proved_by_the_owners_visit_and_not_by_the_senders(
    tab: Callable[..., Tab], ada: Person, ctx: Context, site: Site
) -> None:
    factories.person(ctx, "eve")
    hers = await tab("/dashboard", "ada").load()
    senders = await tab("/u/ada", "eve").load()
    await _write(senders, "hello")
    state = await site.manager.get_state(rx.BaseStateToken(ident=hers.token, cls=rx.State))
    assert connection_id_in(state.router.headers.cookie) == hers.connection_id
    assert state.router.session.client_token == hers.token
    hers.forget()
    await _write(senders, "hello again")
    assert set(_texts(hers)) == {"hello", "hello again"}
    assert hers.redirects == []


async def test_closing_and_opening_an_inbox_reaches_open_pages(
    tab: Callable[..., Tab], ada: Person, ctx: Context
) -> None:
    factories.person(ctx, "eve")
    hers, page = await tab("/dashboard", "ada").load(), await tab("/u/Ada").load()
    other = await tab("/u/eve").load()
    for wanted, shown in ((False, "closed"), (True, "open")):
        page.forget()
        other.forget()
        await hers.ask("dashboard.accept_messages", checked=wanted)
        assert page.shows("public_page.inbox") == shown
        assert page.deltas("public_page.key") == []
        assert other.frames == []


@pytest.mark.parametrize("ending", ["signed out", "banned"])
async def test_nothing_is_pushed_to_a_tab_whose_sign_in_has_ended(
    tab: Callable[..., Tab], ada: Person, ctx: Context, ending: str, site: Site
) -> None:
    hers, sender = await tab("/dashboard", "ada").load(), await tab("/u/ada").load()
    if ending == "signed out":
        sessions.sign_out(ctx, session_id=hers.session_id)
    else:
        with ctx.writing() as db:
            db.exec(update(Person).values(banned_at=ctx.now))
    hers.forget()
    await sender.ask("public_page.send", form={"message": "hello"})
    await hers.site.runtime.hub.announce(topics.inbox_of(ada.id))
    await site.settle()
    assert "hello" not in hers.received
    assert _texts(hers) == []
    assert set(hers.redirects) == {"/sign-in?next=/dashboard"}


async def test_a_tab_that_has_closed_is_forgotten_and_told_nothing(
    tab: Callable[..., Tab], ada: Person, site: Site
) -> None:
    hub = site.runtime.hub
    hers, page = await tab("/dashboard", "ada").load(), await tab("/u/ada").load()
    watched = [topics.inbox_of(ada.id), topics.page_of("ada")]
    assert [len(hub.watchers(topic)) for topic in watched] == [1, 1]
    for each in (hers, page):
        each.close()
        each.forget()
    assert [len(hub.watchers(topic)) for topic in watched] == [0, 0]
    await _write(await tab("/u/ada").load(), "hello")
    assert (hers.frames, page.frames) == ([], [])


async def test_a_tab_that_closes_while_it_loads_is_not_watched_for_ever(
    tab: Callable[..., Tab], ada: Person, site: Site
) -> None:
    hers, page = tab("/dashboard", "ada"), tab("/u/ada")
    await hers.enqueue(f"{STATES['dashboard']}.load")
    await page.enqueue(f"{STATES['public_page']}.load")
    hers.close()
    page.close()
    await site.settle()
    hub = site.runtime.hub
    assert hub.watchers(topics.inbox_of(ada.id)) == frozenset()
    assert hub.watchers(topics.page_of("ada")) == frozenset()


async def test_a_push_for_a_socket_that_has_closed_leaves_the_next_one_signed_in(
    tab: Callable[..., Tab], ada: Person, site: Site
) -> None:
    before = await tab("/dashboard", "ada").load()
    (watcher,) = site.runtime.hub.watchers(topics.inbox_of(ada.id))
    # The push arrives while the browser switches from one socket to the next.
    before.close()
    after = tab("/dashboard", "ada", token=before.token)
    await after.load()
    await site.pushes.tell(watcher, topics.inbox_of(ada.id))
    await site.settle()
    assert after.redirects == []
    assert after.shows("frame.signed_in") is True


async def test_a_push_for_a_socket_that_has_closed_runs_in_no_other(
    tab: Callable[..., Tab], ada: Person, site: Site
) -> None:
    before = await tab("/dashboard", "ada").load()
    (watcher,) = site.runtime.hub.watchers(topics.inbox_of(ada.id))
    before.close()
    after = await tab("/dashboard", "ada", token=before.token).load()
    after.forget()
    await site.pushes.tell(watcher, topics.inbox_of(ada.id))
    await site.settle()
    assert after.frames == []
    # Its own socket's does.
    (watcher,) = site.runtime.hub.watchers(topics.inbox_of(ada.id))
    await site.pushes.tell(watcher, topics.inbox_of(ada.id))
    await site.settle()
    assert after.shows("dashboard.me") == "ada"


async def test_a_mail_that_is_put_off_and_sent_in_the_end_is_told_unasked(
    tab: Callable[..., Tab], site: Site, mailer: FakeMailer, clock: Clock
) -> None:
    page = await tab("/sign-up").load()
    form = {"username": "ada", "email": "ada@example.com", "password": factories.PASSWORD}
    await page.ask("sign_up.submit", form=form)
    await page.go("/verify").load(browser=page.shows("sign_up.browser"))
    assert page.shows("verify.mail_delayed") is False
    for mailer.is_down in (True, False):
        clock.move(minutes=1)
        assert await site.runtime.run(outbox.deliver_next)
        await site.settle()
        assert page.shows("verify.mail_delayed") is mailer.is_down


async def test_a_use_case_that_fails_after_its_announcement_still_tells(
    tab: Callable[..., Tab], ada: Person, site: Site
) -> None:
    page = await tab("/u/ada").load()

    def fails(ctx: Context) -> None:
        people.accept_messages(ctx, owner_id=ada.id, accepts=False)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await site.runtime.run(fails)
    await site.settle()
    assert page.shows("public_page.inbox") == "closed"
    assert connections.get(page.connection_id) is not None
