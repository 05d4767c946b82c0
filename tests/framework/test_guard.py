"""The guard: every owner's handler called by a stranger, after sign-out and with stale tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select, update

from anonmsg.addresses import Audience
from anonmsg.database.tables import Message, Person, SignInSession
from anonmsg.framework import guard
from anonmsg.pages import STATES as STATE_CLASSES
from anonmsg.runtime.context import Context
from anonmsg.services.sessions import sessions
from tests import factories
from tests.fakes import Clock
from tests.tabs import ROOT, STATES, Site, Tab

SECRET = "the one thing that nobody else may read"
# What an owner may do, with a payload that would do it.
OWNERS = {
    "dashboard.load": {},
    "dashboard.refresh": {},
    "dashboard.look_again": {},
    "dashboard.look_for_arrivals": {},
    "dashboard.load_more": {},
    "dashboard.accept_messages": {"checked": False},
    "dashboard.send_test": {},
    "dashboard.act": {"what": "trash", "ids": ["x"]},
    "dashboard.mark_all_read": {},
    "dashboard.annotate": {"form": {}},
    "dashboard.undo": {},
    "dashboard.seen": {"ids": ["x"]},
    "dashboard.search": {"form": {"words": "x"}},
    "dashboard.search_older": {},
    "dashboard.end_search": {},
    "dashboard.delete_forever": {"form": {}},
    "dashboard.pause": {"form": {"length": "hour"}},
    "dashboard.end_pause": {},
    "storm.load": {},
    "storm.look_again": {},
    "storm.release": {},
    "storm.ask": {},
    "storm.keep": {},
    "storm.discard": {},
    "delivery.choose_brake": {"form": {"storm_at": "5"}},
    "delivery.load": {},
    "delivery.choose_time_zone": {"form": {"time_zone": "Asia/Karachi"}},
    "delivery.choose_delivery": {"form": {"delivery_mode": "hourly"}},
    "delivery.choose_quiet_hours": {"form": {"is_quiet": True, "quiet_from": "1", "quiet_to": "2"}},
    "delivery.keep_for": {"form": {"keep_days": "30"}},
    "settings.load": {},
    "settings.describe": {
        "form": {"display_name": "Mallory", "prompt": "Mine", "bio": "Mallory's"}
    },
    "settings.check_username": {"value": "mallory"},
    "settings.rename": {"form": {"username": "mallory"}},
    "settings.confirm_rename": {},
    "settings.cancel_rename": {},
    "settings.change_email": {"form": {"email": "mallory@example.com"}},
    "settings.change_password": {
        "form": {"password": factories.PASSWORD, "new_password": "a new sentence of mallory"}
    },
    "settings.end_session": {"form": {"session": "x"}},
    "settings.end_other_sessions": {},
    "delete_account.load": {},
    "delete_account.submit": {"form": {}},
    "notifications.load": {},
    "notifications.choose": {"form": {"frequency": "hourly"}},
    "two_factor.load": {},
    "two_factor.begin": {"form": {"password": factories.PASSWORD}},
    "two_factor.turn_on": {"form": {"code": "123456"}},
    "two_factor.renew_codes": {"form": {"password": factories.PASSWORD}},
    "two_factor.turn_off": {"form": {"password": factories.PASSWORD}},
    "two_factor.done": {},
}
# What the owner of an account that is about to be deleted may do, and nothing else.
LEAVERS = {"leaving.load": {}, "leaving.keep": {"form": {}}, "leaving.leave": {"form": {}}}
GUARDED = guard.Guard(STATE_CLASSES).audiences
ENDINGS = ("stranger", "signed out", "expired", "banned", "gone")
NO_SOCKET = ("closed connection", "guessed connection")


@dataclass
class Inbox:
    """Ada's inbox with one message in it, and the ways her session can end."""

    site: Site
    ctx: Context
    clock: Clock
    owner: Person
    message: Message

    def tab_after(self, ending: str) -> Tab:
        """One of Ada's tabs after her session ended, or a tab that was never hers."""
        if ending == "stranger":
            return self.site.tab("/dashboard")
        tab = self.site.tab("/dashboard", "ada")
        self.end(tab, ending)
        return tab

    def end(self, tab: Tab, ending: str) -> None:
        if ending == "signed out":
            sessions.sign_out(self.ctx, session_id=tab.session_id)
        elif ending == "expired":
            self.clock.move(days=7)
        elif ending == "closed connection":
            tab.close()
        elif ending == "guessed connection":
            tab.connection_id = "a-connection-that-never-was"
        else:
            with self.ctx.writing() as db:
                if ending == "banned":
                    db.exec(update(Person).values(banned_at=self.ctx.now))
                else:
                    db.delete(db.get(SignInSession, tab.session_id))

    def leave(self) -> None:
        """Make the account one that will be deleted in a week."""
        with self.ctx.writing() as db:
            db.exec(update(Person).values(leaves_at=self.ctx.now + timedelta(days=7)))

    def is_untouched(self) -> bool:
        kept = factories.stored(self.ctx)
        with self.ctx.reading() as db:
            accepts = db.exec(select(Person.accepts_messages)).all()
        return kept == [SECRET] and list(accepts) == [True]


@pytest.fixture
def inbox(site: Site, ctx: Context, clock: Clock) -> Inbox:
    owner = factories.person(ctx)
    return Inbox(site, ctx, clock, owner, factories.messages(ctx, owner, SECRET)[0])


def test_every_handler_for_owners_has_a_strangers_test(site: Site) -> None:
    for handlers, audience in ((OWNERS, Audience.OWNERS), (LEAVERS, Audience.LEAVING)):
        each = [name.split(".") for name in handlers]
        named = {f"{STATES[s]}.{h}".removeprefix(f"{ROOT}.") for s, h in each}
        assert named == {name for name, whose in GUARDED.items() if whose is audience}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_stranger_is_sent_to_the_sign_in_page_and_neither_reads_nor_writes(
    inbox: Inbox, ending: str
) -> None:
    tab = inbox.tab_after(ending)
    for handler, payload in (OWNERS | LEAVERS).items():
        tab.forget()
        would = (
            {"form": {"message_id": inbox.message.id}} if handler.endswith("delete") else payload
        )
        await tab.ask(handler, **would)
        assert tab.redirects == ["/sign-in?next=/dashboard"], handler
    assert SECRET not in inbox.site.sent_to(tab)
    assert inbox.owner.id not in inbox.site.sent_to(tab)
    assert inbox.is_untouched()


async def test_each_handler_proves_its_owner_even_where_no_guard_stands_before_it(
    inbox: Inbox,
) -> None:
    inbox.site.processor.middleware = None
    for ending in ("stranger", "signed out"):
        tab = inbox.tab_after(ending)
        for handler, payload in (OWNERS | LEAVERS).items():
            tab.forget()
            form = {"form": {"message_id": inbox.message.id}}
            await tab.ask(handler, **(form if handler.endswith("delete") else payload))
            assert set(tab.redirects) == {"/sign-in?next=/dashboard"}, handler
        assert SECRET not in inbox.site.sent_to(tab)
    assert inbox.is_untouched()


@pytest.mark.parametrize("has_guard", [True, False])
async def test_who_is_leaving_is_asked_first_and_neither_reads_nor_writes(
    inbox: Inbox, *, has_guard: bool
) -> None:
    tab = inbox.site.tab("/dashboard", "ada")
    inbox.leave()
    if not has_guard:
        inbox.site.processor.middleware = None
    for handler, payload in OWNERS.items():
        tab.forget()
        form = {"form": {"message_id": inbox.message.id}}
        await tab.ask(handler, **(form if handler.endswith("delete") else payload))
        assert set(tab.redirects) == {"/leaving"}, handler
    assert SECRET not in inbox.site.sent_to(tab)
    assert inbox.owner.id not in inbox.site.sent_to(tab)
    assert inbox.is_untouched()


@pytest.mark.parametrize("handler", LEAVERS)
async def test_only_who_is_leaving_is_asked(inbox: Inbox, handler: str) -> None:
    tab = inbox.site.tab("/leaving", "ada")
    await tab.ask(handler, **LEAVERS[handler])
    assert tab.redirects == ["/dashboard"]
    inbox.leave()
    tab.forget()
    await tab.ask(handler, **LEAVERS[handler])
    assert "/leaving" not in tab.redirects
    assert "/sign-in?next=/dashboard" not in tab.redirects
    assert tab.frames


async def test_an_open_tab_is_emptied_of_nothing_but_may_do_nothing_once_its_owner_leaves(
    inbox: Inbox,
) -> None:
    tab = await inbox.site.tab("/dashboard", "ada").load()
    inbox.leave()
    tab.forget()
    await tab.ask("dashboard.refresh")
    assert tab.redirects == ["/leaving"]
    assert SECRET not in tab.received


@pytest.mark.parametrize("ending", NO_SOCKET)
async def test_what_comes_by_no_open_socket_is_answered_with_nothing(
    inbox: Inbox, ending: str
) -> None:
    tab = await inbox.site.tab("/dashboard", "ada").load()
    inbox.end(tab, ending)
    tab.forget()
    for handler, payload in OWNERS.items():
        form = {"form": {"message_id": inbox.message.id}}
        await tab.ask(handler, **(form if handler.endswith("delete") else payload))
    await tab.ask("frame.load")
    await tab.send(f"{ROOT}.hydrate_and_load", vars={}, hashes=None)
    assert tab.frames == []
    assert inbox.is_untouched()


async def test_a_message_of_somebody_who_has_left_arrives_all_the_same(inbox: Inbox) -> None:
    tab = await inbox.site.tab("/u/ada").load()
    tab.close()
    await tab.ask("public_page.send", form={"message": "bye", "key": "k"})
    assert "bye" in factories.stored(inbox.ctx)


async def test_the_owner_is_let_in(inbox: Inbox) -> None:
    tab = await inbox.site.tab("/dashboard", "ada").load()
    for handler, payload in OWNERS.items():
        factories.messages(inbox.ctx, inbox.owner, f"there before {handler}")
        tab.forget()
        await tab.ask(handler, **payload)
        assert tab.redirects == [], handler
        assert tab.frames, handler
    await tab.ask("dashboard.act", what="trash", ids=inbox.message.id)
    assert not inbox.is_untouched()


@pytest.mark.parametrize("ending", [each for each in ENDINGS if each != "stranger"])
async def test_the_end_of_a_sign_in_empties_the_open_tab_at_its_next_event(
    inbox: Inbox, ending: str
) -> None:
    tab = await inbox.site.tab("/dashboard", "ada").load()
    assert tab.shows("dashboard.loaded") is True
    inbox.end(tab, ending)
    tab.forget()
    await tab.ask("dashboard.refresh")
    assert tab.redirects == ["/sign-in?next=/dashboard"]
    assert tab.inbox == []
    assert (tab.shows("dashboard.me"), tab.shows("frame.signed_in")) == ("", False)
    assert SECRET not in tab.received


async def test_a_harmless_event_of_a_tab_that_is_signed_out_empties_it_too(inbox: Inbox) -> None:
    tab = await inbox.site.tab("/dashboard", "ada").load()
    inbox.end(tab, "signed out")
    tab.forget()
    await tab.ask("frame.dismiss")
    assert tab.inbox == []
    assert tab.shows("frame.signed_in") is False


HYDRATIONS = [f"{ROOT}.hydrate", f"{ROOT}.hydrate_and_load", f"{STATES['frame']}.load"]


@pytest.mark.parametrize("first", HYDRATIONS)
@pytest.mark.parametrize("other", ["", "eve"])
async def test_a_token_that_was_somebody_elses_is_emptied_before_it_is_answered(
    inbox: Inbox, other: str, first: str
) -> None:
    factories.person(inbox.ctx, "eve")
    hers = await inbox.site.tab("/dashboard", "ada").load()
    assert SECRET in hers.received
    hers.close()
    theirs = inbox.site.tab("/privacy", other, token=hers.token)
    await theirs.send(first)
    assert theirs.frames
    assert SECRET not in theirs.received
    assert "/u/ada" not in theirs.received
    assert inbox.owner.id not in theirs.received


async def test_no_frame_ever_holds_the_visit_the_sign_in_or_the_persons_id(inbox: Inbox) -> None:
    tab = await inbox.site.tab("/dashboard", "ada").load()
    await tab.ask("dashboard.refresh")
    assert SECRET in tab.received
    for secret in (tab.connection_id, tab.session_id, inbox.owner.id):
        assert secret not in tab.received
