"""Default deny: an event that is on no list does nothing, and writes nothing down."""

from __future__ import annotations

import pytest
import reflex as rx

from anonmsg.database.tables import Person
from anonmsg.framework import guard, visitor
from anonmsg.runtime.context import Context
from tests import factories
from tests.tabs import ROOT, STATES, Site, states

SECRET = "the one thing that nobody else may read"
LISTS = (guard.FRAMEWORK, guard.PUBLIC, guard.SIGNED_IN)


@pytest.fixture
def ada(ctx: Context) -> Person:
    made = factories.person(ctx)
    factories.messages(ctx, made, SECRET)
    return made


def _handlers() -> list[str]:
    ours = [each for each in states() if each.__module__.startswith("anonmsg.")]
    return [
        f"{state.get_full_name()}.{name}".removeprefix(f"{ROOT}.")
        for state in ours
        for name in state.event_handlers
        if name != "setvar"
    ]


def test_every_handler_of_ours_is_on_exactly_one_list(site: Site) -> None:
    handlers = _handlers()
    assert len(handlers) >= 18
    assert {name: sum(name in each for each in LISTS) for name in handlers} == dict.fromkeys(
        handlers, 1
    )


def test_the_lists_name_no_handler_that_does_not_exist(site: Site) -> None:
    assert set(_handlers()) == guard.PUBLIC | guard.SIGNED_IN


def test_what_says_whose_a_state_is_has_no_handlers_and_sends_nothing(site: Site) -> None:
    assert set(visitor.Belonging.event_handlers) == {"setvar"}
    assert visitor.Belonging.base_vars == {}


UNLISTED = [
    *(
        (f"{state}.setvar", {"var_name": var, "value": "planted"})
        for state, var in ((STATES["frame"], "me"), (STATES["public_page"], "owner"), (ROOT, "x"))
    ),
    (f"{STATES['dashboard']}.setvar", {"var_name": "messages", "value": []}),
    (
        f"{ROOT}.anonmsg___framework___visitor____belonging.setvar",
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
    assert [each["content"] for each in tab.shows("dashboard.messages")] == [SECRET]


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
        f"{ROOT}.anonmsg___framework___visitor____belonging._owner_id": ada.id,
        f"{STATES['dashboard']}.messages": [],
    }
    tab.forget()
    updates = f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal"
    await tab.send(updates, vars=planted)
    await tab.send(f"{ROOT}.hydrate_and_load", vars=planted, hashes=None)
    assert tab.shows("frame.me") == ""
    kept = await site.manager.get_state(rx.BaseStateToken(ident=tab.token, cls=rx.State))
    assert (await kept.get_state(visitor.Belonging))._owner_id == ""
