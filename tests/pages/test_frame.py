"""The frame around every page: who is signed in, and what they must be told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.components.frame.state import FrameState
from anonmsg.framework.connections import connections
from anonmsg.framework.visitor import connection_of, network_of, tab_of
from anonmsg.runtime.context import Context
from tests import factories
from tests.broken import NO_TABLE
from tests.tabs import Site, Tab


async def test_a_stranger_is_nobody(tab: Callable[..., Tab], ctx: Context) -> None:
    factories.person(ctx)
    page = await tab("/").load()
    assert (page.shows("frame.signed_in"), page.shows("frame.me")) == (False, "")


async def test_an_owner_is_known_on_every_page_with_a_frame(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    factories.person(ctx, "Ada")
    for path in ("/", "/privacy", "/dashboard"):
        page = await tab(path, "Ada").load()
        assert (page.shows("frame.signed_in"), page.shows("frame.me")) == (True, "Ada"), path


async def test_an_incident_is_logged_with_its_number_and_place_and_without_its_words(
    tab: Callable[..., Tab], site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    page = await tab("/").load()
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE sign_ups RENAME TO gone")
    form = {"username": "maya", "email": "maya@example.com", "password": "what somebody typed"}
    await page.ask("sign_up.submit", form=form)
    told = page.shows("frame.notice")
    assert told.startswith("Something went wrong on our end. Try again. (")
    number = told.rpartition("(")[2].rstrip(")")
    assert f"Incident {number}: {NO_TABLE}" in caplog.text
    assert "what somebody typed" not in caplog.text


async def test_a_page_that_reports_an_error_has_its_words_in_no_log(
    tab: Callable[..., Tab], caplog: pytest.LogCaptureFixture
) -> None:
    page = await tab("/").load()
    name = "reflex___state____state.reflex___state____frontend_event_exception_state"
    words = "what somebody typed"
    await page.send(f"{name}.handle_frontend_exception", info=words, component_stack=words)
    assert "A page reported an error." in caplog.text
    assert words not in caplog.text
    assert words not in page.received


async def test_a_socket_whose_cookie_names_no_open_visit_is_a_strangers() -> None:
    state = FrameState(_reflex_internal_init=True)
    state.router_data = {}
    assert connection_of(state)[1].session_id == ""
    assert (network_of(state), tab_of(state).connection_id) == ("", "")
    assert connections.get("") is None
