"""POST /sign-in: the response to our script, and to a browser without it."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape
from sqlmodel import select
from starlette.testclient import TestClient

from anonmsg.database.tables import Person, SignInSession
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import verifications
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock, FakeMailer
from tests.web.conftest import JSON, Browse

WRONG = "a wrong password of mine"
MARKUP = '"><script>alert(1)</script>'


def sign_ins(runtime: Runtime) -> list[SignInSession]:
    """Every session there is."""
    with runtime.context() as ctx, ctx.reading() as db:
        return list(db.exec(select(SignInSession)).all())


def proof_in(page: str) -> dict[str, str]:
    """What the page of the second step sends in place of the password."""
    found = re.search(r'name="proof" value="([\w=-]+)"', page)
    assert found is not None
    return {"proof": found[1]}


def error(field: str, sentence: str) -> str:
    """The place under a field, with a sentence in it."""
    return f'data-error-for="{field}" id="{field}-error">{sentence}</p>'


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("identifier", "status", "field", "sentence"),
    [
        ("Ada", 401, "password", "Incorrect password"),
        ("ada@example.com", 401, "password", "Incorrect password"),
        ("nobody@example.com", 401, "password", "Incorrect password"),
        ("nobody", 404, "identifier", "User not found"),
        ("", 400, "identifier", "Enter your email or username."),
        (" ", 400, "identifier", "Enter your email or username."),
        ("Ada\0", 404, "identifier", "User not found"),
        (MARKUP, 404, "identifier", "User not found"),
    ],
)
def test_a_refusal_stands_under_its_field_and_keeps_what_was_typed(
    client: TestClient, identifier: str, status: int, field: str, sentence: str
) -> None:
    typed = {"identifier": identifier, "password": WRONG}
    told = client.post("/sign-in", data=typed, headers=JSON)
    assert told.status_code == status
    assert told.json() == {"success": False, "message": sentence, "field": field}
    page = client.post("/sign-in", data=typed | {"next": "/dashboard"})
    assert page.status_code == status
    assert error(field, sentence) in page.text
    assert f'name="identifier" value="{escape(identifier)}"/>' in page.text
    assert re.findall(r'<input autofocus="" aria-invalid="true"[^>]* name="(\w+)"', page.text) == [
        field
    ]
    assert 'name="next" value="/dashboard"/>' in page.text
    assert MARKUP not in page.text
    for answer in (told, page):
        assert WRONG not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("ada")
def test_the_other_fields_of_a_refusal_say_nothing(client: TestClient) -> None:
    page = client.post("/sign-in", data={"identifier": "Ada", "password": WRONG}).text
    assert error("identifier", "") in page
    assert error("form", "") in page


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    "identifier", ["Ada", "ADA", " ada ", "ada@example.com", "ADA@EXAMPLE.COM"]
)
def test_the_right_password_signs_in(client: TestClient, runtime: Runtime, identifier: str) -> None:
    typed = {"identifier": identifier, "password": PASSWORD}
    answer = client.post("/sign-in", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    told = client.post("/sign-in", data=typed, headers=JSON)
    assert told.status_code == 200
    assert told.json() == {"success": True, "message": "", "field": "", "next": "/dashboard"}
    assert PASSWORD not in answer.text + told.text
    assert len(sign_ins(runtime)) == 2


@pytest.mark.usefixtures("ada")
def test_a_second_sign_in_of_a_browser_ends_its_first(client: TestClient, runtime: Runtime) -> None:
    typed = {"identifier": "Ada", "password": PASSWORD}
    client.post("/sign-in", data=typed)
    client.post("/sign-in", data=typed)
    assert [row.ended_at is None for row in sign_ins(runtime)].count(True) == 1


@pytest.mark.usefixtures("ada")
def test_a_refused_sign_in_leaves_the_earlier_one_alone(
    client: TestClient, runtime: Runtime
) -> None:
    client.post("/sign-in", data={"identifier": "Ada", "password": PASSWORD})
    client.post("/sign-in", data={"identifier": "Ada", "password": WRONG})
    assert [row.ended_at for row in sign_ins(runtime)] == [None]


def test_the_code_is_asked_for_after_the_password_and_no_password_is_repeated(
    client: TestClient, runtime: Runtime, ctx: Context, clock: Clock, ada: Person
) -> None:
    app, _codes = factories.two_factor(ctx, ada)
    typed = {"identifier": "Ada", "password": PASSWORD}
    asked = "Enter the code from your authenticator app."
    for more, sentence in (({}, asked), ({"code": "zzzz-zzzz"}, "Incorrect code")):
        told = client.post("/sign-in", data=typed | more, headers=JSON)
        assert told.status_code == 401
        assert told.json() == {"success": False, "message": sentence, "field": "code"}
        page = client.post("/sign-in", data=typed | more | {"next": "/settings"})
        assert page.status_code == 401
        assert '<h1 class="headline">Two-factor sign-in</h1>' in page.text
        assert sentence in page.text
        # The first ask is a step, and no error.
        assert ('role="alert"' in page.text, "aria-invalid" in page.text) == (bool(more),) * 2
        assert 'name="password"' not in page.text
        assert 'name="next" value="/settings">' in page.text
        assert 'href="/sign-in?next=/settings">Back</a>' in page.text
        for answer in (told, page):
            assert PASSWORD not in answer.text
            assert "zzzz-zzzz" not in answer.text
            assert "set-cookie" not in answer.headers
    assert sign_ins(runtime) == []
    answer = client.post("/sign-in", data=typed | {"code": app.at(clock.now)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    assert len(sign_ins(runtime)) == 1


def test_without_scripts_the_code_alone_finishes_a_sign_in(
    client: TestClient, runtime: Runtime, ctx: Context, clock: Clock, ada: Person
) -> None:
    app, _codes = factories.two_factor(ctx, ada)
    typed = {"identifier": "Ada", "password": PASSWORD, "next": "/settings"}
    step = client.post("/sign-in", data=typed)
    wrong = client.post("/sign-in", data=proof_in(step.text) | {"code": "zzzz-zzzz"})
    assert wrong.status_code == 401
    assert "Incorrect code" in wrong.text
    assert sign_ins(runtime) == []
    again = proof_in(wrong.text) | {"next": "/settings", "code": app.at(clock.now)}
    answer = client.post("/sign-in", data=again)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert len(sign_ins(runtime)) == 1
    assert client.post("/sign-in", data=again).status_code == 401


def test_a_proof_that_came_too_late_or_is_none_begins_again(
    client: TestClient, runtime: Runtime, ctx: Context, clock: Clock, ada: Person
) -> None:
    app, _codes = factories.two_factor(ctx, ada)
    step = client.post("/sign-in", data={"identifier": "Ada", "password": PASSWORD})
    proof = proof_in(step.text)
    clock.move(minutes=5)
    for each in (proof, {"proof": "x"}, {"proof": "\u00e9" * 300}, {"proof": "A" * 9000}):
        late = client.post("/sign-in", data=each | {"code": app.at(clock.now)})
        assert late.status_code == 401
        assert error("form", "That took too long. Sign in again.") in late.text
    assert sign_ins(runtime) == []


def test_a_code_works_once_by_http_too(
    client: TestClient, ctx: Context, clock: Clock, ada: Person
) -> None:
    app, codes = factories.two_factor(ctx, ada)
    typed = {"identifier": "Ada", "password": PASSWORD}
    for code in (app.at(clock.now), codes[0]):
        assert client.post("/sign-in", data=typed | {"code": code}).status_code == 303
        again = client.post("/sign-in", data=typed | {"code": code}, headers=JSON)
        assert (again.status_code, again.json()["field"]) == (401, "code")


@pytest.mark.usefixtures("ada")
def test_the_code_is_hidden_until_it_is_asked_for(client: TestClient) -> None:
    typed = {"identifier": "Ada", "password": WRONG}
    for page in (client.get("/sign-in"), client.post("/sign-in", data=typed)):
        assert '<div data-two-factor="true" hidden="">' in page.text
        assert error("code", "") in page.text


def test_somebody_banned_is_not_found(client: TestClient, ctx: Context, ada: Person) -> None:
    with ctx.writing() as db:
        row = db.get(Person, ada.id)
        assert row is not None
        row.banned_at = ctx.now
    answer = client.post("/sign-in", data={"identifier": "Ada", "password": PASSWORD})
    assert answer.status_code == 404


@pytest.mark.parametrize("identifier", ["grace", "grace@example.com"])
def test_an_unverified_person_gets_a_code_and_may_enter_it_here(
    client: TestClient, runtime: Runtime, clock: Clock, mailer: FakeMailer, identifier: str
) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "grace")
    clock.move(minutes=2)
    typed = {"identifier": identifier, "password": PASSWORD}
    told = client.post("/sign-in", data=typed, headers=JSON)
    assert told.status_code == 403
    body = told.json()
    browser = body.pop("sign_up")
    sentence = "Please verify your account before login"
    assert body == {"success": False, "message": sentence, "field": "identifier"}
    assert "set-cookie" not in told.headers
    assert sign_ins(runtime) == []
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
        code = mailer.last_code()
        assert code not in told.text
        verifications.by_code(ctx, browser=browser, code=code, network=NETWORK)
    assert client.post("/sign-in", data=typed).status_code == 303


def test_an_unverified_person_without_scripts_reads_why(
    client: TestClient, runtime: Runtime
) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "grace")
    page = client.post("/sign-in", data={"identifier": "grace", "password": PASSWORD})
    assert page.status_code == 403
    assert error("identifier", "Please verify your account before login") in page.text
    assert 'name="identifier" value="grace"/>' in page.text
    assert PASSWORD not in page.text


def test_whoever_signs_in_without_scripts_may_enter_the_code_here(
    client: TestClient, runtime: Runtime, mailer: FakeMailer, clock: Clock
) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "grace")
    clock.move(seconds=61)
    typed = {"identifier": "grace", "password": PASSWORD}
    told = client.post("/sign-in", data=typed)
    assert 'data-verify-link="true" href="/verify?plain=unverified"' in told.text
    assert "hidden" not in told.text.partition("data-verify-link")[2].partition(">")[0]
    assert "Please verify your account before login" in client.get("/verify?plain=unverified").text
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
    assert client.post("/verify", data={"code": mailer.last_code()}).status_code == 200
    assert client.post("/sign-in", data=typed).status_code == 303


def test_a_wrong_password_shows_no_way_to_a_code(client: TestClient, runtime: Runtime) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "grace")
    told = client.post("/sign-in", data={"identifier": "grace", "password": WRONG})
    assert 'data-verify-link="true" hidden=""' in told.text
    assert "set-cookie" not in told.headers


def test_an_unverified_persons_wrong_password_tells_nothing(
    client: TestClient, runtime: Runtime
) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "grace")
    typed = {"identifier": "grace", "password": WRONG}
    told = client.post("/sign-in", data=typed, headers=JSON)
    assert told.status_code == 401
    assert "sign_up" not in told.json()


@pytest.mark.usefixtures("ada")
def test_the_sixth_guess_has_to_wait(client: TestClient, clock: Clock) -> None:
    typed = {"identifier": "Ada", "password": WRONG}
    assert {client.post("/sign-in", data=typed).status_code for _ in range(5)} == {401}
    right = typed | {"password": PASSWORD}
    sentence = "Too many attempts. Try again in 30 seconds."
    told = client.post("/sign-in", data=right, headers=JSON)
    assert told.status_code == 429
    assert told.json() == {"success": False, "message": sentence, "field": "form"}
    page = client.post("/sign-in", data=right)
    assert page.status_code == 429
    assert error("form", sentence) in page.text
    assert 'value="Ada"/>' in page.text
    clock.move(seconds=30)
    assert client.post("/sign-in", data=right).status_code == 303


def test_a_network_signs_in_ten_times_a_minute(client: TestClient, browse: Browse) -> None:
    typed = {"identifier": "nobody", "password": WRONG}
    assert {client.post("/sign-in", data=typed).status_code for _ in range(10)} == {404}
    assert client.post("/sign-in", data=typed).status_code == 429
    elsewhere = browse(client=("192.0.2.7", 4711))
    assert elsewhere.post("/sign-in", data=typed).status_code == 404


def test_another_method_is_refused(client: TestClient) -> None:
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        assert client.request(method, "/sign-in").status_code == 405, method


@pytest.mark.usefixtures("ada")
def test_without_built_pages_the_answer_is_plain(browse: Browse) -> None:
    page = browse(build=None).post("/sign-in", data={"identifier": "Ada", "password": WRONG})
    assert page.status_code == 401
    assert "Incorrect password" in page.text
    assert 'href="/sign-in"' in page.text
    assert WRONG not in page.text


@pytest.mark.parametrize(
    ("new", "name"),
    [("grace", "grace"), ("", ""), (MARKUP, ""), ("dashboard", ""), ("\u0301" * 9000, "")],
)
def test_a_newcomer_is_greeted_as_one_and_known_by_name(
    client: TestClient, new: str, name: str
) -> None:
    page = client.get("/sign-in", params={"new": new})
    assert page.status_code == 200
    assert ("Sign in to your new page" in page.text) is bool(name)
    assert ("Welcome back" in page.text) is not bool(name)
    assert (f'name="identifier" value="{name}"/>' in page.text) is bool(name)
    assert MARKUP not in page.text
