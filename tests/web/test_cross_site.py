"""POSTs that another site's page makes a browser send: refused, with no effect."""

from __future__ import annotations

import pytest
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from anonmsg.addresses import ADDRESSES, UNSUBSCRIBE, Post, public_path
from anonmsg.config import Settings
from anonmsg.database.tables import Mail, Message, SignInSession, SignUp
from anonmsg.runtime.runtime import Runtime
from anonmsg.web.routes import FROM_ANYWHERE
from tests.factories import PASSWORD
from tests.web.conftest import Browse, sign_in

POSTS = {
    "/sign-in": {"identifier": "Ada", "password": PASSWORD},
    "/refresh": {},
    "/sign-out": {},
    "/export": {"password": PASSWORD},
    "/sign-up": {"username": "grace", "email": "grace@example.com", "password": PASSWORD},
    "/verify": {"code": "123456"},
    "/forgot-password": {"email": "ada@example.com"},
    "/reset-password": {"password": PASSWORD},
    "/confirm-email": {"link": "x" * 43},
    "/undo-email": {"link": "x" * 43},
    "/settings": {"password": PASSWORD},
    "/leaving": {"choice": "delete"},
    "/u/ada": {"message": "from elsewhere"},
}
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "Same-Origin"},
    {"sec-fetch-site": "cross-site", "origin": "http://localhost:3000"},
    {},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "https://evil.example"},
    {"origin": "https://localhost:3000"},
    {"origin": "http://localhost"},
    {"origin": "http://localhost:3000.evil.example"},
    {"origin": "http://localhost:3000/"},
    {"referer": "http://localhost:3000/sign-in"},
]


def rows(runtime: Runtime, table: type[SQLModel]) -> list[str]:
    """Every row of a table, as text."""
    with runtime.context() as ctx, ctx.reading() as db:
        return [repr(row.model_dump()) for row in db.exec(select(table)).all()]


def everything(runtime: Runtime) -> list[list[str]]:
    """Everything these POSTs could change."""
    return [rows(runtime, table) for table in (SignInSession, SignUp, Message, Mail)]


def test_no_post_is_forgotten_here() -> None:
    # Email programs post to it for whoever pressed their button: `test_unsubscribe.py`.
    assert {UNSUBSCRIBE} == FROM_ANYWHERE
    posted = {public_path("ada", each) for each in ADDRESSES if each.post is not Post.NOTHING}
    assert posted == set(POSTS) | {UNSUBSCRIBE.path}


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("path", POSTS)
def test_a_post_from_elsewhere_does_nothing(
    client: TestClient, runtime: Runtime, path: str
) -> None:
    sign_in(client)
    before = everything(runtime), dict(client.cookies)
    del client.headers["sec-fetch-site"]
    for headers in FOREIGN:
        answer = client.post(path, data=POSTS[path], headers=headers)
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers
        assert (everything(runtime), dict(client.cookies)) == before, headers
        assert not any(value and value in answer.text for value in POSTS[path].values())


@pytest.mark.usefixtures("ada")
def test_an_old_browser_may_post_from_our_own_page(browse: Browse, runtime: Runtime) -> None:
    client = browse(runtime.settings.model_copy(update={"public_url": ""}))
    del client.headers["sec-fetch-site"]
    for origin in ("http://localhost:3000", "http://127.0.0.1:3000"):
        answer = client.post("/u/ada", data={"message": "hello"}, headers={"origin": origin})
        assert answer.status_code == 200


@pytest.mark.usefixtures("ada")
def test_with_a_public_url_only_its_origin_is_ours(browse: Browse, https: Settings) -> None:
    client = browse(https)
    del client.headers["sec-fetch-site"]
    posted = {"data": {"message": "hello"}}
    for origin in ("http://localhost:3000", "http://anonmsg.example", "https://a.anonmsg.example"):
        assert client.post("/u/ada", headers={"origin": origin}, **posted).status_code == 403
    ours = {"origin": "https://anonmsg.example"}
    assert client.post("/u/ada", headers=ours, **posted).status_code == 200


def test_looking_is_allowed_from_everywhere(client: TestClient) -> None:
    assert client.get("/sign-in", headers={"sec-fetch-site": "cross-site"}).status_code == 200
