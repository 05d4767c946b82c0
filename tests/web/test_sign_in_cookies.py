"""What a sign-in leaves in a browser: three cookies, and where it goes next."""

from __future__ import annotations

import json

import jwt
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from anonmsg.addresses import ADDRESSES
from anonmsg.config import Settings
from anonmsg.database.tables import Person, SignInSession
from anonmsg.runtime.context import Context
from tests.factories import PASSWORD
from tests.fakes import Clock
from tests.web.conftest import JSON, Browse, cookies_set_by, sign_in

TYPED = {"identifier": "Ada", "password": PASSWORD}
ELSEWHERE = [
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/nope",
    "/dashboard/../nope",
    "/dashboard?x=1",
    "/dashboard\r\nSet-Cookie: a=b",
    "dashboard",
    "/sign-in",
]


@pytest.mark.usefixtures("ada")
def test_no_script_can_read_the_cookies(client: TestClient) -> None:
    set_by = cookies_set_by(client.post("/sign-in", data=TYPED))
    assert set(set_by) == {"access", "refresh", "known"}
    for cookie in set_by.values():
        assert cookie["httponly"] is True
        assert cookie["samesite"].lower() == "lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert not cookie["secure"]
    assert set_by["access"]["max-age"] == str(15 * 60)
    assert set_by["refresh"]["max-age"] == str(7 * 24 * 60 * 60)
    assert set_by["known"]["max-age"] == str(365 * 24 * 60 * 60)


@pytest.mark.usefixtures("ada")
def test_only_a_sign_in_makes_a_browser_known(client: TestClient) -> None:
    send = {"message": "hello", "key": "k"}
    typed = {"/sign-in": TYPED | {"password": "wrong"}, "/u/ada": send}
    for address in ADDRESSES:
        path = address.path.replace("{username}", "ada")
        for answer in (client.get(path), client.post(path, data=typed.get(path, {}))):
            assert "known" not in cookies_set_by(answer), path
    assert "known" in cookies_set_by(client.post("/sign-in", data=TYPED))
    assert "known" not in cookies_set_by(client.post("/refresh"))
    assert "known" not in cookies_set_by(client.post("/u/ada", data=send))


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_known_browser_signs_in_while_a_stranger_in_its_network_fails(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.post("/sign-in", data=TYPED, headers=headers).status_code in {200, 303}
    client.post("/sign-out")
    assert set(client.cookies) == {"known"}
    stranger = TestClient(client.app, base_url=str(client.base_url), headers=client.headers)
    for _ in range(5):
        stranger.post("/sign-in", data=TYPED | {"password": "wrong"})
    assert stranger.post("/sign-in", data=TYPED).status_code == 429
    answer = client.post("/sign-in", data=TYPED, headers=headers)
    assert {"access", "known"} <= set(cookies_set_by(answer))


@pytest.mark.usefixtures("ada")
def test_on_https_the_cookies_belong_to_this_host_alone(browse: Browse, https: Settings) -> None:
    client = browse(https)
    set_by = cookies_set_by(client.post("/sign-in", data=TYPED))
    assert set(set_by) == {"__Host-access", "__Host-refresh", "__Host-known"}
    for cookie in set_by.values():
        assert cookie["secure"] is True
        assert cookie["httponly"] is True
        assert cookie["samesite"].lower() == "lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    assert client.get("/dashboard").status_code == 200


@pytest.mark.usefixtures("ada")
def test_cookies_without_the_prefix_prove_nothing_on_https(browse: Browse, https: Settings) -> None:
    client = browse(https)
    client.post("/sign-in", data=TYPED)
    bare = {name.removeprefix("__Host-"): value for name, value in client.cookies.items()}
    other = browse(https, cookies=bare)
    assert other.get("/dashboard").headers["location"] == "/sign-in?next=/dashboard"


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("headers", [{}, JSON])
def test_no_token_is_in_a_body(client: TestClient, clock: Clock, headers: dict[str, str]) -> None:
    first = client.post("/sign-in", data=TYPED, headers=headers)
    tokens = list(client.cookies.values())
    clock.move(seconds=1)
    answers = [first, client.post("/refresh")]
    tokens += client.cookies.values()
    answers += [client.get("/dashboard"), client.get("/sign-in"), client.get("/u/ada")]
    # Two of each kind, and what the browser is known by.
    assert len(set(tokens)) == 5
    for answer in answers:
        assert not any(
            token in answer.text + answer.headers.get("location", "") for token in tokens
        )


def test_tokens_hold_ids_and_no_name(client: TestClient, ctx: Context, ada: Person) -> None:
    client.post("/sign-in", data=TYPED)
    with ctx.reading() as db:
        row = db.exec(select(SignInSession)).one()
    unread = {"verify_signature": False, "verify_exp": False, "verify_aud": False}
    access = jwt.decode(client.cookies["access"], options=unread)
    refresh = jwt.decode(client.cookies["refresh"], options=unread)
    assert set(access) == {"sub", "aud", "iat", "exp"}
    assert set(refresh) == {"sub", "aud", "iat", "exp", "gen"}
    assert access["sub"] == refresh["sub"] == row.id
    written = json.dumps([access, refresh]).lower()
    assert not any(word.lower() in written for word in (ada.username, ada.email, "example"))


@pytest.mark.usefixtures("ada")
def test_a_sign_in_leads_to_pages_that_are_known_only(client: TestClient, browse: Browse) -> None:
    for asked in ELSEWHERE:
        page = client.get("/sign-in", params={"next": asked}).text
        assert 'name="next" value="/dashboard"/>' in page, asked
    sign_in(client)
    for asked in ELSEWHERE:
        answer = client.get("/sign-in", params={"next": asked})
        assert answer.headers["location"] == "/dashboard", asked
    for place, asked in enumerate(ELSEWHERE):
        other = browse(client=(f"192.0.2.{place}", 4711))
        told = other.post("/sign-in", data=TYPED | {"next": asked}, headers=JSON)
        assert told.json()["next"] == "/dashboard", asked
        answer = other.post("/sign-in", data=TYPED | {"next": asked})
        assert answer.headers["location"] == "/dashboard", asked


@pytest.mark.usefixtures("ada")
def test_a_refused_sign_in_forgets_an_unknown_next(client: TestClient) -> None:
    typed = {"identifier": "nobody", "password": "x", "next": "//evil.example"}
    page = client.post("/sign-in", data=typed).text
    assert 'name="next" value="/dashboard"/>' in page
    assert "evil" not in page
