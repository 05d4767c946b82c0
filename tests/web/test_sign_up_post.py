"""POST /sign-up: the form without scripts, and the cookie that takes the code."""

from __future__ import annotations

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from anonmsg.config import Settings
from anonmsg.database.tables import SignUp
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from tests import factories
from tests.factories import PASSWORD
from tests.payloads import JUNK
from tests.web.conftest import Browse, cookies_set_by
from tests.web.test_needs_script import MARKUP, count

GRACE = {"username": "grace", "email": "grace@example.com", "password": PASSWORD}


def waiting(runtime: Runtime) -> list[str]:
    """The usernames of all sign-ups that wait for their code."""
    with runtime.context() as ctx, ctx.reading() as db:
        return sorted(db.exec(select(SignUp.username)).all())


def test_a_sign_up_goes_on_to_a_page_that_can_be_reloaded(
    client: TestClient, runtime: Runtime
) -> None:
    answer = client.post("/sign-up", data=GRACE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/verify?plain=new")
    assert waiting(runtime) == ["grace"]
    for _ in range(2):
        page = client.get("/verify?plain=new")
        assert page.status_code == 200
        assert "User registered successfully. Please verify your email" in page.text
        assert 'name="code"' in page.text
        assert page.headers["cache-control"] == "no-store"
    assert waiting(runtime) == ["grace"]


def test_no_script_can_read_the_cookie_and_it_lives_as_long_as_the_sign_up(
    client: TestClient,
) -> None:
    (cookie,) = cookies_set_by(client.post("/sign-up", data=GRACE)).values()
    assert (cookie.key, cookie["httponly"], cookie["path"]) == ("sign_up", True, "/")
    assert cookie["samesite"].lower() == "lax"
    assert cookie["max-age"] == str(24 * 60 * 60)
    assert not cookie["domain"]


def test_on_https_no_other_host_can_plant_the_cookie(browse: Browse, https: Settings) -> None:
    (cookie,) = cookies_set_by(browse(https).post("/sign-up", data=GRACE)).values()
    assert (cookie.key, cookie["secure"]) == ("__Host-sign_up", True)


def test_the_same_browser_signs_up_again_in_place_of_the_first_time(
    client: TestClient, browse: Browse, runtime: Runtime
) -> None:
    client.post("/sign-up", data=GRACE)
    client.post("/sign-up", data=GRACE | {"username": "hopper"})
    assert waiting(runtime) == ["hopper"]
    browse().post("/sign-up", data=GRACE)
    assert waiting(runtime) == ["grace", "hopper"]


def test_the_script_may_name_the_sign_up_that_is_replaced(
    client: TestClient, ctx: Context, runtime: Runtime
) -> None:
    browser = factories.sign_up(ctx, "grace")
    client.post("/sign-up", data=GRACE | {"sign_up": browser})
    assert waiting(runtime) == ["grace"]


def test_every_field_that_is_refused_is_told_at_once(client: TestClient, runtime: Runtime) -> None:
    typed = {"username": "x", "email": "nowhere", "password": "short pw"}
    answer = client.post("/sign-up", data=typed)
    assert answer.status_code == 400
    for sentence in (
        "Use 2–20 letters, numbers or underscores.",
        "Enter a valid email address.",
        "That password is easy to guess.",
    ):
        assert sentence in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    for value in ("x", "nowhere"):
        assert f'value="{value}"' in answer.text
    assert "short pw" not in answer.text
    assert "set-cookie" not in answer.headers
    assert count(runtime, SignUp) == 0


@pytest.mark.usefixtures("ada")
def test_what_is_taken_is_told_with_a_way_to_sign_in(client: TestClient, runtime: Runtime) -> None:
    typed = GRACE | {"username": "ada", "email": "ada@example.com"}
    answer = client.post("/sign-up", data=typed)
    assert answer.status_code == 400
    assert "Username is already taken" in answer.text
    assert "User already exist" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert count(runtime, SignUp) == 0


def test_a_fourth_sign_up_of_an_address_within_an_hour_is_refused(client: TestClient) -> None:
    for number in range(3):
        assert client.post("/sign-up", data=GRACE | {"username": f"g{number}"}).status_code == 303
    answer = client.post("/sign-up", data=GRACE)
    assert answer.status_code == 429
    assert "Too many attempts. Try again in " in answer.text
    assert 'value="grace@example.com"' in answer.text


@pytest.mark.parametrize("junk", JUNK, ids=lambda each: repr(each)[:20])
@pytest.mark.parametrize("name", ["username", "email", "password", "sign_up"])
def test_a_hostile_value_is_answered_in_words(client: TestClient, name: str, junk: object) -> None:
    value = str(junk).encode("utf-8", "replace").decode()
    answer = client.post("/sign-up", data=GRACE | {name: value})
    assert answer.status_code in ({303} if name == "sign_up" else {400, 303})


def test_what_was_typed_comes_back_as_text(client: TestClient) -> None:
    typed = {"username": MARKUP, "email": f'"{MARKUP}', "sign_up": f'"{MARKUP}'}
    answer = client.post("/sign-up", data=typed)
    assert answer.status_code == 400
    assert MARKUP not in answer.text
    assert "x" * 321 not in client.post("/sign-up", data={"username": "x" * 5000}).text
