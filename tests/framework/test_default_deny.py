"""Default deny: an event that's on no list does nothing, and its payload isn't logged."""

from __future__ import annotations

import pytest
import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.database.tables import Person
from anonmsg.framework import guard, visitor
from anonmsg.pages import STATES as STATE_CLASSES
from anonmsg.runtime.context import Context
from tests import factories
from tests.tabs import ROOT, STATES, Site, states

SECRET = "the one thing that nobody else may read"


@pytest.fixture
def ada(ctx: Context) -> Person:
    made = factories.person(ctx)
    factories.messages(ctx, made, SECRET)
    return made


def _ours() -> list[type[rx.State]]:
    return [each for each in states() if each.__module__.startswith("anonmsg.")]


def test_every_state_with_handlers_says_who_it_is_for_and_the_guard_has_it(site: Site) -> None:
    with_handlers = {each for each in _ours() if guard.handlers_of(each)}
    assert len(with_handlers) >= 11
    assert with_handlers == set(STATE_CLASSES)
    for state in with_handlers:
        assert state.audience in {Audience.EVERYONE, Audience.OWNERS, Audience.LEAVING}, state


def test_the_guard_admits_the_handlers_of_its_classes_and_no_others() -> None:
    admitted = guard.Guard(STATE_CLASSES).audiences
    assert set(admitted) == {name for each in STATE_CLASSES for name in guard.handlers_of(each)}
    assert len(admitted) >= 44
    for state in STATE_CLASSES:
        assert {admitted[name] for name in guard.handlers_of(state)} == {state.audience}


def test_a_class_that_does_not_say_who_it_is_for_stops_the_start() -> None:
    with pytest.raises(TypeError, match="TabOwner does not say who may call its handlers"):
        guard.Guard([visitor.TabOwner])


def test_each_form_begins_again_with_vars_that_it_has() -> None:
    for state in STATE_CLASSES:
        for name in getattr(state, "told", ()):
            assert name in state.get_fields(), (state, name)


def test_what_says_whose_a_state_is_has_no_handlers_and_sends_nothing(site: Site) -> None:
    assert set(visitor.TabOwner.event_handlers) == {"setvar"}
    assert visitor.TabOwner.base_vars == {}


UNLISTED = [
    *(
        (f"{state}.setvar", {"var_name": var, "value": "planted"})
        for state, var in ((STATES["frame"], "me"), (STATES["public_page"], "owner"), (ROOT, "x"))
    ),
    (f"{STATES['dashboard']}.setvar", {"var_name": "messages", "value": []}),
    (
        f"{ROOT}.anonmsg___framework___visitor____tab_owner.setvar",
        {"var_name": "_owner_id", "value": "x"},
    ),
]


@pytest.mark.parametrize(("name", "payload"), UNLISTED, ids=[each[0] for each in UNLISTED])
async def test_an_event_that_is_on_no_list_changes_nothing_and_gets_no_answer(
    site: Site, ada: Person, name: str, payload: dict[str, object]
) -> None:
    tab = await site.tab("/dashboard", "ada").load()
    tab.forget()
    await tab.send(name, **payload)
    assert tab.frames == []
    await tab.load()
    assert tab.shows("frame.me") == "ada"
    assert [each["content"] for each in tab.inbox] == [SECRET]


@pytest.mark.parametrize(
    "name",
    [
        "nonsense",
        f"{ROOT}.reset",
        f"{STATES['frame']}.reset",
        f"{STATES['frame']}.set_me",
        f"{STATES['frame']}.__init__",
        f"{STATES['dashboard']}._look",
        f"{STATES['public_page']}._look",
        f"{STATES['public_page']}.get_state",
        "anonmsg.framework.visitor.signed_in",
    ],
)
async def test_what_is_no_handler_gets_no_answer(site: Site, ada: Person, name: str) -> None:
    tab = await site.tab("/dashboard", "ada").load()
    tab.forget()
    await tab.send(name, value="planted")
    assert tab.frames == []


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (f"{STATES['public_page']}.suggest", {"form": {}}),
        (f"{STATES['public_page']}.send", {}),
        (f"{STATES['public_page']}.send", {"form": {}, "key": "planted"}),
        (f"{STATES['dashboard']}.load", {"": ""}),
        (f"{ROOT}.hydrate", {"planted": 1}),
        (f"{ROOT}.hydrate_and_load", {"hashes": None, "planted": 1}),
    ],
)
async def test_an_event_with_other_arguments_gets_a_sentence_and_is_no_incident(
    site: Site,
    ada: Person,
    caplog: pytest.LogCaptureFixture,
    name: str,
    payload: dict[str, object],
) -> None:
    tab = await site.tab("/dashboard", "ada").load()
    tab.forget()
    await tab.send(name, **payload)
    assert tab.shows("frame.notice") == "This page is out of date. Reload it and try again."
    assert len(tab.frames) == 1
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


def test_a_flood_of_them_is_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    refusing = guard.Guard(STATE_CLASSES, clock=lambda: now[0])
    for now[0] in (0.0, 1.0, 59.9, 60.0, 61.0, 200.0):
        refusing._note_refused()
    said = [each.getMessage() for each in caplog.records]
    told = "Events that are on no list were refused: {}."
    assert said == [told.format(n) for n in (1, 3, 2)]


async def test_what_was_typed_into_a_page_of_an_older_release_is_not_logged(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    tab = site.tab("/u/ada")
    await tab.send(
        f"{STATES['public_page']}.handler_of_old", form={"message": "what somebody typed"}
    )
    assert "what somebody typed" not in caplog.text
    assert tab.connection_id not in caplog.text


async def test_a_browser_cannot_write_a_var_of_ours_by_reflexs_own_handlers(
    site: Site, ada: Person
) -> None:
    tab = await site.tab("/dashboard").load()
    planted = {
        f"{STATES['frame']}.me_rx_state_": "ada",
        f"{ROOT}.anonmsg___framework___visitor____tab_owner._owner_id": ada.id,
        f"{STATES['dashboard']}.messages": [],
    }
    tab.forget()
    updates = f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal"
    await tab.send(updates, vars=planted)
    await tab.send(f"{ROOT}.hydrate_and_load", vars=planted, hashes=None)
    assert tab.shows("frame.me") == ""
    kept = await site.manager.get_state(rx.BaseStateToken(ident=tab.token, cls=rx.State))
    assert (await kept.get_state(visitor.TabOwner))._owner_id == ""
