"""What the server never serves, no matter who asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from anonmsg.database.tables import Person, SignInSession, SignUp
from anonmsg.runtime.runtime import Runtime
from tests.web.conftest import sign_in

PATHS = [
    "/",
    "/sign-in",
    "/dashboard",
    "/u/ada",
    "/healthz",
    "/readyz",
    "/metrics",
    "/app.js",
    "/export",
    "/nowhere",
]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("path", PATHS)
def test_no_other_origin_may_read_an_answer(client: TestClient, path: str) -> None:
    sign_in(client)
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    for method in ("GET", "POST", "OPTIONS"):
        answer = client.request(method, path, headers=foreign)
        allowed = [name for name in answer.headers if name.startswith("access-control-")]
        assert allowed == [], method


@pytest.mark.parametrize("path", PATHS)
def test_a_request_is_never_echoed(client: TestClient, path: str) -> None:
    answer = client.request("TRACE", path, headers={"x-secret": "planted"})
    assert answer.status_code == 405
    assert "planted" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/.data/secrets.env",
        "/.data/anonmsg.db",
        "/requirements.txt",
        "/anonmsg/rules.py",
        "/../secrets.env",
        "/%2e%2e/secrets.env",
        "/assets/..%2f..%2fsecrets.env",
        "/assets",
        "/assets/",
    ],
)
def test_only_what_was_built_is_served_and_no_folder_is_listed(
    client: TestClient, pages: Path, path: str
) -> None:
    (pages.parent / "secrets.env").write_text("planted")
    answer = client.get(path)
    assert answer.status_code == 404
    assert "planted" not in answer.text
    assert "styles-" not in answer.text.partition("<body>")[2]


@pytest.mark.parametrize("table", [Person, SignUp, SignInSession])
def test_a_fresh_installation_has_no_account(runtime: Runtime, table: type[SQLModel]) -> None:
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(table)).all() == []
