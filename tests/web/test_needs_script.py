"""POST a form that needs its page, before the page's scripts have loaded."""

from __future__ import annotations

import pytest
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from anonmsg.database.tables import Counter, Mail, Person, SignInSession, SignUp
from anonmsg.runtime.runtime import Runtime
from tests.factories import PASSWORD

PATHS = ["/settings"]
MARKUP = "<img src=x onerror=alert(1)>"
TYPED = {
    "username": "grace",
    "email": "grace@example.com",
    "password": PASSWORD,
    "code": "271828",
    "link": "a-secret-link",
}


def count(runtime: Runtime, *tables: type[SQLModel]) -> int:
    """How many rows there are."""
    with runtime.context() as ctx, ctx.reading() as db:
        return sum(len(db.exec(select(table)).all()) for table in tables)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_done_and_the_page_says_so(
    client: TestClient, runtime: Runtime, path: str
) -> None:
    answer = client.post(path, data=TYPED)
    assert answer.status_code == 200
    assert "Not sent yet" in answer.text
    assert f'href="{path}"' in answer.text
    assert "grace@example.com" in answer.text
    for secret in ("password", "code", "link"):
        assert TYPED[secret] not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert count(runtime, SignUp, Mail, Person, SignInSession, Counter) == 0


@pytest.mark.parametrize("path", PATHS)
def test_what_was_typed_is_shown_as_text(client: TestClient, path: str) -> None:
    typed = {"username": MARKUP, "email": f'"{MARKUP}"@example.com'}
    answer = client.post(path, data=typed)
    assert MARKUP not in answer.text
    assert answer.text.count("&lt;img src=x onerror=alert(1)&gt;") == 2


def test_what_was_typed_is_shown_in_part_where_it_is_long(client: TestClient) -> None:
    answer = client.post("/settings", data={"username": "x" * 5000})
    assert "x" * 320 in answer.text
    assert "x" * 321 not in answer.text


def test_what_was_typed_is_in_no_address(client: TestClient) -> None:
    answer = client.post("/settings", data=TYPED)
    assert "location" not in answer.headers
    assert "?" not in answer.text.partition("<body")[2].partition("</body>")[0]
