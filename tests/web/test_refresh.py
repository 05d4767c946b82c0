"""POST /refresh: the next pair of tokens, once."""

from __future__ import annotations

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from anonmsg.database.tables import SignInSession
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from tests.fakes import Clock, FakeMailer
from tests.web.conftest import Browse, cookies_set_by, cookies_taken_by, sign_in

pytestmark = pytest.mark.usefixtures("ada")
SIGNED_OUT = {"success": False, "message": "Sign in first.", "field": ""}


def carrying(browse: Browse, cookies: dict[str, str]) -> TestClient:
    """Another browser with a copy of someone's cookies."""
    return browse(cookies=dict(cookies))


def cookies_are_gone(answer) -> bool:
    """Whether a response removes both cookies."""
    return cookies_taken_by(answer) == ["access", "refresh"]


@pytest.mark.parametrize("cookies", [{}, {"refresh": "nonsense"}, {"refresh": "a.b.c"}])
def test_nobodys_token_gets_none(browse: Browse, cookies: dict[str, str]) -> None:
    answer = browse(cookies=cookies).post("/refresh")
    assert answer.status_code == 401
    assert answer.json() == SIGNED_OUT
    assert cookies_are_gone(answer)


def test_an_access_token_is_no_refresh_token(browse: Browse, client: TestClient) -> None:
    sign_in(client)
    swapped = {"refresh": client.cookies["access"]}
    assert carrying(browse, swapped).post("/refresh").status_code == 401
    assert client.post("/refresh").status_code == 200


def test_a_refresh_rotates_both_tokens(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    before = dict(client.cookies)
    clock.move(minutes=14)
    answer = client.post("/refresh")
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "", "field": ""}
    after = dict(client.cookies)
    assert set(after) == set(before)
    assert after["access"] != before["access"]
    assert after["refresh"] != before["refresh"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_lost_answer_can_be_asked_for_again_for_a_minute(
    browse: Browse, client: TestClient, clock: Clock
) -> None:
    sign_in(client)
    lost = carrying(browse, client.cookies)
    assert lost.post("/refresh").status_code == 200
    clock.move(seconds=59)
    assert client.post("/refresh").status_code == 200


def test_an_old_token_ends_the_sign_in_everywhere_and_mails_its_owner(
    browse: Browse, client: TestClient, runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    sign_in(client)
    copied = carrying(browse, client.cookies)
    client.post("/refresh")
    clock.move(seconds=61)
    answer = copied.post("/refresh")
    assert answer.status_code == 401
    assert cookies_are_gone(answer)
    assert client.post("/refresh").status_code == 401
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
    assert mailer.letters[-1].to == "Ada@example.com"


def test_a_predecessor_dies_with_the_first_use_of_its_successor(
    browse: Browse, client: TestClient
) -> None:
    sign_in(client)
    copied = carrying(browse, client.cookies)
    client.post("/refresh")
    client.post("/refresh")
    assert copied.post("/refresh").status_code == 401
    assert client.post("/refresh").status_code == 401


def test_a_sign_in_that_ended_gets_no_more(
    browse: Browse, client: TestClient, runtime: Runtime
) -> None:
    sign_in(client)
    copied = carrying(browse, client.cookies)
    client.post("/sign-out")
    assert copied.post("/refresh").status_code == 401


def test_seven_days_are_the_end(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    clock.move(days=6, hours=23)
    assert client.post("/refresh").status_code == 200
    clock.move(days=7, seconds=1)
    assert client.post("/refresh").status_code == 401


def test_a_cookie_is_not_kept_longer_than_thirty_days_in_all(
    client: TestClient, clock: Clock
) -> None:
    sign_in(client)
    for _ in range(4):
        clock.move(days=6)
        assert client.post("/refresh").status_code == 200
    clock.move(days=5)
    kept = cookies_set_by(client.post("/refresh"))["refresh"]
    assert kept["max-age"] == str(24 * 60 * 60)
    clock.move(days=1)
    assert client.post("/refresh").status_code == 401


def test_somebody_banned_gets_no_more(client: TestClient, runtime: Runtime, ada) -> None:
    sign_in(client)
    with runtime.context() as ctx, ctx.writing() as db:
        row = db.get(type(ada), ada.id)
        row.banned_at = ctx.now
        db.add(row)
    assert client.post("/refresh").status_code == 401


@pytest.mark.parametrize("path", ["/refresh", "/sign-out"])
def test_only_a_post_refreshes_or_signs_out(
    client: TestClient, runtime: Runtime, path: str
) -> None:
    sign_in(client)
    before = dict(client.cookies)
    for method in ("PUT", "DELETE", "HEAD", "GET"):
        assert client.request(method, path).status_code == 405, method
    assert dict(client.cookies) == before
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(SignInSession)).one().ended_at is None
