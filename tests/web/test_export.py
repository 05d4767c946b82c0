"""POST /export: a file for the browser that's signed in, and for no other."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlmodel import delete
from starlette.testclient import TestClient

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock
from tests.web.conftest import JSON, Browse, sign_in

pytestmark = pytest.mark.usefixtures("ada")

# Who asks, whose session it is and the start are three use cases; the fifth is a piece.
DELETED_AT = 5


def test_a_stranger_gets_nothing(client: TestClient) -> None:
    for typed in ({}, {"password": PASSWORD}):
        answer = client.post("/export", data=typed)
        assert answer.status_code == 401
        assert "Sign in first." in answer.text
        assert 'href="/sign-in?next=/settings"' in answer.text
        assert "<form" not in answer.text


def test_made_up_cookies_are_a_strangers(browse: Browse) -> None:
    answer = browse(cookies={"access": "x", "refresh": "y"}).post("/export")
    assert answer.status_code == 401


def test_another_sites_page_gets_nothing(client: TestClient) -> None:
    sign_in(client)
    answer = client.post("/export", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert not answer.content.startswith(b"PK")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_downloads(client: TestClient, method: str) -> None:
    sign_in(client)
    answer = client.request(method, "/export")
    assert answer.status_code == 405
    assert not answer.content.startswith(b"PK")


def test_a_fresh_sign_in_downloads_at_once(
    client: TestClient, ctx: Context, ada: Person, clock: Clock
) -> None:
    factories.messages(ctx, ada, "hello")
    clock.move(minutes=4)
    sign_in(client)
    answer = client.post("/export", data={"password": ""})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    named = 'attachment; filename="anonmsg-Ada-2026-03-04.zip"'
    assert answer.headers["content-disposition"] == named
    assert "content-length" not in answer.headers
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    told = json.loads(found.read("anonmsg.json"))
    assert told["profile"]["username"] == "Ada"
    assert [message["text"] for message in told["messages"]] == ["hello"]


def test_after_five_minutes_the_password_is_asked_for(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    clock.move(minutes=5)
    answer = client.post("/export", data={"password": ""})
    assert answer.status_code == 401
    assert "Enter your password to continue." in answer.text
    assert '<form method="post" action="/export"' in answer.text
    assert 'type="password"' in answer.text
    wrong = client.post("/export", data={"password": "not the password"})
    assert wrong.status_code == 401
    assert "Incorrect password" in wrong.text
    assert "not the password" not in wrong.text
    right = client.post("/export", data={"password": PASSWORD})
    assert (right.status_code, right.content[:2]) == (200, b"PK")


def test_the_refresh_token_alone_is_enough(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    clock.move(minutes=16)
    answer = client.post("/export", data={"password": PASSWORD})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    assert "set-cookie" not in answer.headers


def test_a_script_gets_the_sentence_as_json(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    clock.move(minutes=5)
    answer = client.post("/export", headers=JSON)
    assert answer.status_code == 401
    assert answer.json() == {
        "success": False,
        "message": "Enter your password to continue.",
        "field": "password",
    }


def test_a_script_that_asks_first_gets_no_file_and_then_the_file(
    client: TestClient, clock: Clock
) -> None:
    sign_in(client)
    clock.move(minutes=5)
    asked = client.post("/export", data={"password": PASSWORD}, headers=JSON)
    assert asked.status_code == 200
    assert asked.json() == {"success": True, "message": "", "field": ""}
    answer = client.post("/export", data={"password": PASSWORD})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


def test_the_plain_page_is_titled_for_its_form_and_has_the_focus_in_it(
    client: TestClient, clock: Clock
) -> None:
    sign_in(client)
    clock.move(minutes=5)
    page = client.post("/export", data={"password": "wrong"}).text
    assert '<h1 class="headline">Check your password</h1>' in page
    assert page.count("autofocus") == 1


def test_guessing_the_password_here_is_counted(client: TestClient, clock: Clock) -> None:
    sign_in(client)
    clock.move(minutes=5)
    for _ in range(5):
        assert client.post("/export", data={"password": "wrong"}).status_code == 401
    answer = client.post("/export", data={"password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many attempts. Try again in 15 minutes." in answer.text


def test_a_sign_out_ends_it(client: TestClient, browse: Browse) -> None:
    sign_in(client)
    copied = browse(cookies=dict(client.cookies))
    client.post("/sign-out")
    assert copied.post("/export").status_code == 401


def test_a_form_with_too_many_fields_is_read_as_an_empty_one(
    client: TestClient, clock: Clock
) -> None:
    sign_in(client)
    clock.move(minutes=5)
    answer = client.post("/export", data=dict.fromkeys(map(str, range(30)), "x"))
    assert answer.status_code == 401
    assert "Enter your password to continue." in answer.text


def test_the_stream_ends_when_the_account_is_deleted(
    client: TestClient, runtime: Runtime, ctx: Context, ada: Person
) -> None:
    factories.messages(ctx, ada, *(f"{n} " + "x" * 500 for n in range(1500)))
    sign_in(client)
    seen = []

    def clock_that_deletes() -> object:
        # Each piece asks for the time once; the account is deleted in between.
        seen.append(1)
        if len(seen) == DELETED_AT:
            with runtime.database.open() as db:
                db.exec(delete(Person))
                db.commit()
        return ctx.now

    runtime.clock = clock_that_deletes
    answer = client.post("/export")
    assert answer.status_code == 200
    assert len(seen) == DELETED_AT
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(answer.content))
