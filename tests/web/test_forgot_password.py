"""POST /forgot-password, for a browser without scripts."""

from __future__ import annotations

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from anonmsg.database.tables import Mail, MailedLink
from anonmsg.runtime.runtime import Runtime
from tests.fakes import FakeMailer
from tests.web.test_needs_script import MARKUP, count

ASKED = "If there's an account for that address, we've sent a link. It works for 30 minutes."
INVALID = "Enter a valid email address."


@pytest.mark.usefixtures("ada")
def test_the_answer_is_the_same_for_every_address(client: TestClient, runtime: Runtime) -> None:
    answers = [
        client.post("/forgot-password", data={"email": email})
        for email in ("ada@example.com", "grace@example.com")
    ]
    assert [each.status_code for each in answers] == [200, 200]
    assert escape(ASKED) in answers[0].text
    assert answers[0].text == answers[1].text
    assert answers[0].headers.items() == answers[1].headers.items()
    assert "set-cookie" not in answers[0].headers
    assert answers[0].headers["cache-control"] == "no-store"
    assert count(runtime, MailedLink) == 1
    assert count(runtime, Mail) == 2


@pytest.mark.parametrize("email", ["", "ada", "@", f'"{MARKUP}"@', "x" * 5000])
def test_what_is_no_address_stays_in_the_box(
    client: TestClient, runtime: Runtime, mailer: FakeMailer, email: str
) -> None:
    answer = client.post("/forgot-password", data={"email": email})
    assert answer.status_code == 400
    assert f'<div role="alert"><p class="soft">{INVALID}</p></div>' in answer.text
    assert '<form method="post" action="/forgot-password"' in answer.text
    assert MARKUP not in answer.text
    assert f'value="{email}"' in answer.text or len(email) > 320 or MARKUP in email
    assert "x" * 321 not in answer.text
    assert count(runtime, Mail) == 0


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("email", ["ada@example.com", "grace@example.com"])
def test_a_fourth_link_within_an_hour_is_refused(client: TestClient, email: str) -> None:
    for _ in range(3):
        assert client.post("/forgot-password", data={"email": email}).status_code == 200
    answer = client.post("/forgot-password", data={"email": email})
    assert answer.status_code == 429
    assert "Too many attempts. Try again in " in answer.text
    assert f'value="{email}"' in answer.text


def test_another_method_is_refused(client: TestClient) -> None:
    for path in ("/forgot-password", "/reset-password"):
        for method in ("PUT", "DELETE", "OPTIONS"):
            assert client.request(method, path).status_code == 405, method
