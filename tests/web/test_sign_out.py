"""POST /sign-out removes the cookies and ends the session."""

from __future__ import annotations

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from anonmsg.config import Settings
from anonmsg.database.tables import SignInSession
from anonmsg.runtime.runtime import Runtime
from tests.fakes import Clock
from tests.web.conftest import Browse, cookies_set_by, cookies_taken_by, sign_in

pytestmark = pytest.mark.usefixtures("ada")


def ended(runtime: Runtime) -> list[bool]:
    """Whether each session has ended, in the order they started."""
    with runtime.context() as ctx, ctx.reading() as db:
        rows = db.exec(select(SignInSession).order_by(SignInSession.created_at)).all()
        return [row.ended_at is not None for row in rows]


def test_a_stranger_who_signs_out_goes_home(client: TestClient) -> None:
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_made_up_cookies_end_nobodys_sign_in(
    client: TestClient, browse: Browse, runtime: Runtime
) -> None:
    sign_in(client)
    answer = browse(cookies={"access": "x", "refresh": "y"}).post("/sign-out")
    assert answer.status_code == 303
    assert ended(runtime) == [False]


def test_a_sign_out_takes_the_cookies_and_ends_the_row(
    client: TestClient, browse: Browse, runtime: Runtime
) -> None:
    sign_in(client)
    copied = browse(cookies=dict(client.cookies))
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert cookies_taken_by(answer) == ["access", "refresh"]
    for cookie in cookies_set_by(answer).values():
        assert (cookie["path"], cookie["samesite"].lower()) == ("/", "lax")
        assert cookie["httponly"]
        assert not cookie["secure"]
    assert answer.headers["cache-control"] == "no-store"
    assert [name.removeprefix("__Host-") for name in client.cookies] == ["known"]
    assert ended(runtime) == [True]
    assert copied.get("/dashboard").headers["location"] == "/sign-in?next=/dashboard"


def test_a_sign_out_ends_the_row_by_the_refresh_token_alone(
    client: TestClient, runtime: Runtime, clock: Clock
) -> None:
    sign_in(client)
    clock.move(minutes=16)
    client.post("/sign-out")
    assert ended(runtime) == [True]


def test_a_sign_out_leaves_other_browsers_signed_in(
    client: TestClient, browse: Browse, runtime: Runtime, clock: Clock
) -> None:
    sign_in(client)
    clock.move(seconds=1)
    other = browse()
    sign_in(other)
    client.post("/sign-out")
    assert ended(runtime) == [True, False]
    assert other.get("/dashboard").status_code == 200


def test_on_https_the_same_cookies_go(browse: Browse, https: Settings) -> None:
    client = browse(https)
    sign_in(client)
    answer = client.post("/sign-out")
    assert cookies_taken_by(answer) == ["__Host-access", "__Host-refresh"]
    for cookie in cookies_set_by(answer).values():
        # Without these, browsers accept neither a __Host- cookie nor its removal.
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        assert cookie["secure"]
        assert cookie["httponly"]
    assert [name.removeprefix("__Host-") for name in client.cookies] == ["known"]
