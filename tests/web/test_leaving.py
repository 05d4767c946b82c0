"""The page of an owner who is leaving: the only one that opens, with and without scripts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlmodel import select, update
from starlette.testclient import TestClient

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.sessions import sessions
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock
from tests.web.conftest import JSON, Browse, cookies_set_by, cookies_taken_by, sign_in

pytestmark = pytest.mark.usefixtures("ada")

PLANNED = "It will be permanently deleted on 11 March 2026, 12:00 UTC"
OTHERS = ["/dashboard", "/settings", "/sign-in", "/sign-up", "/sign-in?next=/settings"]


@pytest.fixture
def leaver(client: TestClient, ctx: Context) -> TestClient:
    """Ada's browser, signed in, a week before her account is deleted."""
    with ctx.writing() as db:
        db.exec(update(Person).values(leaves_at=ctx.now + timedelta(days=7)))
    sign_in(client)
    return client


def leaves_at(ctx: Context) -> datetime | None:
    with ctx.reading() as db:
        return db.exec(select(Person.leaves_at).where(Person.username == "Ada")).one()


def test_it_says_when_before_any_script_runs_and_undoes_nothing(
    leaver: TestClient, ctx: Context
) -> None:
    before = leaves_at(ctx)
    answer = leaver.get("/leaving")
    assert answer.status_code == 200
    assert PLANNED in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert leaves_at(ctx) == before is not None


@pytest.mark.parametrize("path", OTHERS)
def test_every_other_page_of_an_owner_leads_there(leaver: TestClient, path: str) -> None:
    answer = leaver.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/leaving")


def test_whoever_comes_back_later_in_the_week_is_asked_too(
    leaver: TestClient, clock: Clock
) -> None:
    clock.move(days=6)
    answer = leaver.get("/dashboard")
    assert (answer.status_code, answer.headers["location"]) == (303, "/leaving")
    assert set(cookies_set_by(answer)) == {"access", "refresh"}
    assert PLANNED in leaver.get("/leaving").text


def test_it_opens_for_nobody_else(client: TestClient, browse: Browse) -> None:
    assert browse().get("/leaving").headers["location"] == "/sign-in"
    sign_in(client)
    answer = client.get("/leaving")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")


def test_nothing_is_downloaded_before_the_owner_has_chosen(leaver: TestClient) -> None:
    for typed in ({}, {"password": PASSWORD}):
        answer = leaver.post("/export", data=typed)
        assert answer.status_code == 401
        assert not answer.content.startswith(b"PK")
        assert 'href="/leaving"' in answer.text
    assert leaver.post("/export", headers=JSON).status_code == 401


def test_keep_opens_the_page_again(leaver: TestClient, ctx: Context) -> None:
    for _ in range(2):
        answer = leaver.post("/leaving", data={"choice": "keep"})
        assert answer.status_code == 200
        assert "We&#39;ve kept your account." in answer.text
        assert 'href="/dashboard"' in answer.text
    assert leaves_at(ctx) is None
    assert leaver.get("/dashboard").status_code == 200


def test_as_planned_signs_out_and_says_when(leaver: TestClient, ctx: Context) -> None:
    before = leaves_at(ctx)
    answer = leaver.post("/leaving", data={"choice": "delete"})
    assert answer.status_code == 200
    assert "Your account will be deleted on 11 March 2026, 12:00 UTC." in answer.text
    assert set(cookies_taken_by(answer)) == {"access", "refresh"}
    assert leaves_at(ctx) == before
    assert leaver.get("/dashboard").headers["location"] == "/sign-in?next=/dashboard"


def test_as_planned_after_another_tab_has_kept_it_deletes_nothing(
    leaver: TestClient, ctx: Context
) -> None:
    leaver.post("/leaving", data={"choice": "keep"})
    answer = leaver.post("/leaving", data={"choice": "delete"})
    assert answer.status_code == 400
    assert "Your account has been kept." in answer.text
    assert leaves_at(ctx) is None
    assert leaver.get("/dashboard").status_code == 200


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_a_stranger_decides_nothing(
    leaver: TestClient, browse: Browse, ctx: Context, choice: str
) -> None:
    factories.person(ctx, "eve")
    before = leaves_at(ctx)
    stranger, eve = browse(), browse()
    sign_in(eve, "eve")
    assert stranger.post("/leaving", data={"choice": choice}).status_code == 401
    eve.post("/leaving", data={"choice": choice})
    assert leaves_at(ctx) == before
    assert leaver.get("/leaving").status_code == 200


def test_another_sites_page_decides_nothing(leaver: TestClient, ctx: Context) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    answer = leaver.post("/leaving", data={"choice": "keep"}, headers=foreign)
    assert answer.status_code == 403
    assert leaves_at(ctx) is not None


@pytest.mark.parametrize("choice", ["", "KEEP", "both", "x" * 60_000])
def test_what_is_no_choice_leads_back_to_the_question(
    leaver: TestClient, ctx: Context, choice: str
) -> None:
    before = leaves_at(ctx)
    answer = leaver.post("/leaving", data={"choice": choice})
    assert (answer.status_code, answer.headers["location"]) == (303, "/leaving")
    assert leaves_at(ctx) == before


def test_the_second_step_without_scripts_leads_to_the_question_and_undoes_nothing(
    client: TestClient, ctx: Context, clock: Clock
) -> None:
    with ctx.writing() as db:
        db.exec(update(Person).values(leaves_at=ctx.now + timedelta(days=7)))
        ada = db.exec(select(Person)).one()
    app, _codes = factories.two_factor(ctx, ada)
    before = leaves_at(ctx)
    asked = client.post("/sign-in", data={"identifier": "ada", "password": PASSWORD})
    found = re.search('name="proof" value="([^"]+)"', asked.text)
    assert found
    proved = {"proof": found[1], "code": app.at(clock.now)}
    on = client.post("/sign-in", data=proved).headers["location"]
    assert client.get(on).headers["location"] == "/leaving"
    assert PLANNED in client.get("/leaving").text
    assert leaves_at(ctx) == before is not None


def test_a_session_that_was_ended_chooses_nothing(
    leaver: TestClient, ctx: Context, runtime: Runtime
) -> None:
    with runtime.context() as other, other.writing():
        person = other.db.exec(select(Person)).one()
        sessions.end_all(other, person_id=person.id)
    assert leaver.post("/leaving", data={"choice": "keep"}).status_code == 401
    assert leaves_at(ctx) is not None
