"""Whatever fails, every route answers in words, keeps what was typed and logs one line."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest
from sqlmodel import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from anonmsg.addresses import (
    ADDRESSES,
    CONFIRM_EMAIL,
    EXPORT,
    HEALTH,
    LEAVING,
    READY,
    REFRESH,
    RESET_PASSWORD,
    SECURITY_TXT,
    SIGN_IN,
    UNDO_EMAIL,
    UNSUBSCRIBE,
    VERIFY,
    Address,
    Audience,
    Post,
)
from anonmsg.database.tables import Person
from anonmsg.framework import logs
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.notifications import unsubscribe_links
from anonmsg.web.failures import Aborted, Failures
from tests.broken import LOCKED, full, locked
from tests.factories import PASSWORD
from tests.web.conftest import JSON, sign_in
from tests.web.test_hostile_forms import BODIES
from tests.web.test_routes import is_read, path_of

SORRY = "Something went wrong on our end. Try again. ("
TYPED = "what somebody typed"
# A database server's disk is not this process's to fill.
FULL = pytest.param(full, marks=pytest.mark.sqlite_only)
FORM = {
    "message": TYPED,
    "key": "the-key-of-the-form",
    "identifier": "Ada",
    "username": "Grace",
    "email": "grace@example.com",
    "password": PASSWORD,
    "code": "123456",
    "link": "the-secret-of-a-link",
    "choice": "keep",
}


def is_static(address: Address) -> bool:
    return address.is_page and address.audience is Audience.EVERYONE and "{" not in address.path


# What is read without asking the database.
SAME_FOR_ALL = {
    HEALTH,
    READY,
    SECURITY_TXT,
    UNSUBSCRIBE,
    *(each for each in ADDRESSES if is_static(each)),
}
POSTS = [each for each in ADDRESSES if each.post is Post.ROUTE]
# A full disk refuses only what writes: these read, and find no such code, link or wish, or
# nobody who gets emails.
ONLY_READ = {VERIFY, RESET_PASSWORD, CONFIRM_EMAIL, UNDO_EMAIL, UNSUBSCRIBE, LEAVING}
Broken = Callable[[Runtime], AbstractContextManager[None]]


@pytest.fixture
def owner(client: TestClient, runtime: Runtime, ada: object) -> TestClient:
    """Ada's browser."""
    del runtime, ada
    sign_in(client)
    return client


def unsubscribe_path(runtime: Runtime) -> str:
    """Return where the link in one of Ada's emails leads."""
    with runtime.context() as ctx:
        with ctx.reading() as db:
            person_id = db.exec(select(Person.id)).one()
        url = urlsplit(unsubscribe_links.link(ctx, person_id=person_id))
    return f"{url.path}?{url.query}"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name.startswith("anonmsg")]


def expect_one_line(caplog: pytest.LogCaptureFixture, *kinds: str) -> None:
    (line,) = lines(caplog)
    assert line.startswith("Incident ")
    assert any(kind in line for kind in kinds), line
    assert TYPED not in caplog.text
    assert "Traceback" not in caplog.text
    caplog.clear()


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.path)
def test_every_get_is_answered_while_the_database_is_locked(
    owner: TestClient, runtime: Runtime, caplog: pytest.LogCaptureFixture, address: Address
) -> None:
    caplog.clear()
    with locked(runtime):
        answer = owner.get(path_of(address), params={"next": "settings"})
    if address in SAME_FOR_ALL or not is_read(address):
        assert answer.status_code in {200, 404, 405} or answer.text == "start\n"
        assert lines(caplog) == []
        return
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert SORRY in answer.text
    assert answer.text.startswith("<!DOCTYPE html>")
    assert f'href="{path_of(address)}?next=settings"' in answer.text
    expect_one_line(caplog, LOCKED)


@pytest.mark.parametrize("broken", [locked, FULL])
@pytest.mark.parametrize("address", POSTS, ids=lambda each: each.path)
def test_every_post_is_answered_while_nothing_can_be_written(
    owner: TestClient,
    runtime: Runtime,
    caplog: pytest.LogCaptureFixture,
    address: Address,
    broken: Broken,
) -> None:
    path = unsubscribe_path(runtime) if address is UNSUBSCRIBE else path_of(address)
    caplog.clear()
    with broken(runtime):
        answer = owner.post(path, data=FORM)
    if broken is full and address in ONLY_READ:
        assert answer.status_code < 500
        return
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert SORRY in answer.text
    assert PASSWORD not in answer.text
    expect_one_line(caplog, LOCKED, "OperationalError SQLITE_IOERR")


@pytest.mark.parametrize("broken", [locked, FULL])
def test_a_message_that_cannot_be_stored_stays_in_its_form(
    owner: TestClient,
    runtime: Runtime,
    caplog: pytest.LogCaptureFixture,
    broken: Broken,
) -> None:
    with broken(runtime):
        answer = owner.post("/u/Ada", data=FORM)
    assert answer.status_code == 503
    assert f"\n{TYPED}</textarea>" in answer.text
    assert 'name="key" value="the-key-of-the-form"' in answer.text
    assert SORRY in answer.text
    assert TYPED not in caplog.text
    assert owner.post("/u/Ada", data=FORM).status_code == 200


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/sign-up", ['value="Grace"', 'value="grace@example.com"']),
        ("/forgot-password", ['value="grace@example.com"']),
        ("/sign-in", ['value="Ada"']),
        ("/reset-password", ['value="the-secret-of-a-link"']),
        ("/confirm-email", ['value="the-secret-of-a-link"']),
        ("/undo-email", ['value="the-secret-of-a-link"']),
    ],
)
def test_every_form_keeps_what_was_typed(
    owner: TestClient, runtime: Runtime, path: str, kept: list[str]
) -> None:
    with locked(runtime):
        answer = owner.post(path, data=FORM)
    assert answer.status_code == 503
    assert [each for each in kept if each not in answer.text] == []


@pytest.mark.parametrize("address", [SIGN_IN, REFRESH, EXPORT], ids=lambda each: each.path)
def test_a_script_gets_json(owner: TestClient, runtime: Runtime, address: Address) -> None:
    with locked(runtime):
        answer = owner.post(address.path, data=FORM, headers=JSON)
    assert answer.status_code == 503
    told = answer.json()
    assert told["success"] is False
    assert told["message"].startswith(SORRY)
    assert "set-cookie" not in answer.headers


def test_the_address_to_try_again_is_never_another_sites(
    owner: TestClient, runtime: Runtime
) -> None:
    with locked(runtime):
        answer = owner.get("http://localhost:3000//evil.example/a")
    assert 'href="//' not in answer.text


def app_around(endpoint: Callable[..., object]) -> TestClient:
    return TestClient(
        Starlette(
            routes=[Route("/", endpoint, methods=["GET", "POST"])],
            middleware=[Middleware(Failures)],
        )
    )


def test_a_fault_in_a_route_is_told_and_logged_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def faulty(_request: Request) -> None:
        raise ValueError(TYPED)

    answer = app_around(faulty).get("/")
    assert answer.status_code == 503
    assert TYPED not in answer.text
    expect_one_line(caplog, "ValueError at ")


def test_a_response_that_fails_on_the_way_is_cut_off_and_not_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def half() -> object:
        yield b"half"
        raise ValueError(TYPED)

    async def faulty(_request: Request) -> StreamingResponse:
        return StreamingResponse(half())

    with pytest.raises(Aborted) as raised:
        app_around(faulty).get("/")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    expect_one_line(caplog, "ValueError at ")


@pytest.mark.parametrize("address", POSTS, ids=lambda each: each.path)
@pytest.mark.usefixtures("ada")
async def test_a_sender_who_breaks_off_is_no_error(
    client: TestClient, caplog: pytest.LogCaptureFixture, address: Address
) -> None:
    heard = [
        {"type": "http.request", "body": b"message=what+some", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Message] = []

    async def receive() -> Message:
        return heard.pop(0) if heard else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answered.append(message)

    path = path_of(address)
    headers = [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"sec-fetch-site", b"same-origin"),
    ]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    await client.app(scope | {"query_string": b"", "raw_path": path.encode()}, receive, send)
    assert caplog.text == ""


@pytest.mark.usefixtures("ada")
def test_the_form_parser_logs_nothing_of_what_it_reads(
    client: TestClient, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.keep_payloads_out()
    with caplog.at_level(logging.DEBUG):
        for content_type, body in BODIES:
            client.post("/u/Ada", content=body, headers={"content-type": content_type})
    assert [each for each in caplog.records if "multipart" in each.name] == []
    assert capsys.readouterr().err == ""
