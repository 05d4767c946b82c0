"""POST /u/<username>: sending without scripts."""

from __future__ import annotations

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from tests import factories
from tests.fakes import Clock
from tests.web.conftest import Browse

MARKUP = '</textarea><script>alert("1")</script>&amp;'
TOO_LONG = "That's too long. Use at most 1,000 characters."


def stored(runtime: Runtime) -> list[str]:
    """Every message's text."""
    with runtime.context() as ctx:
        return factories.stored(ctx)


def box(draft: str) -> str:
    """The box with a draft in it; browsers ignore the first newline after the tag."""
    return f'dir="auto">\n{escape(draft)}</textarea>'


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        ("", "Write a message first."),
        (" \n ", "Write a message first."),
        ("\u200b\u3164", "Write a message first."),
        ("x" * 1001, TOO_LONG),
        (MARKUP * 30, TOO_LONG),
        ("\n\nbegins with lines\n" + "é" * 1000, TOO_LONG),
        ("x" * 20_000, TOO_LONG),
        ("🦊" * 1001, TOO_LONG),
    ],
)
def test_a_message_that_is_refused_stays_in_the_box(
    client: TestClient, runtime: Runtime, draft: str, sentence: str
) -> None:
    answer = client.post("/u/ada", data={"message": draft, "key": 'a"key'})
    assert answer.status_code == 400
    assert f'<div role="alert"><p class="soft">{escape(sentence)}</p></div>' in answer.text
    assert box(draft) in answer.text
    assert 'name="key" value="a&#34;key"' in answer.text
    assert '<form method="post" action="/u/ada"' in answer.text
    assert MARKUP not in answer.text
    assert stored(runtime) == []


@pytest.mark.usefixtures("ada")
def test_a_form_that_is_too_long_to_be_read_shows_the_way_back(
    client: TestClient, runtime: Runtime
) -> None:
    answer = client.post("/u/ada", data={"message": "🦊" * 6000})
    assert answer.status_code == 413
    assert "more than a form here can take. Go back, shorten it" in answer.text
    assert 'href="/u/ada"' in answer.text
    assert stored(runtime) == []


def test_a_closed_inbox_keeps_the_draft(client: TestClient, runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx, "Grace", accepts=False)
    answer = client.post("/u/grace", data={"message": MARKUP})
    assert answer.status_code == 400
    assert "Grace is not accepting messages" in answer.text
    assert box(MARKUP) in answer.text
    assert MARKUP not in answer.text
    assert stored(runtime) == []


@pytest.mark.parametrize("name", ["nobody", "grace", "%3Cb%3E", "_", "a" * 300])
def test_nobody_gets_no_message(client: TestClient, runtime: Runtime, name: str) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "grace")
    answer = client.post(f"/u/{name}", data={"message": "hello"})
    assert answer.status_code == 404
    assert escape("Nobody's here.") in answer.text
    assert "<b>" not in answer.text
    assert stored(runtime) == []


def test_somebody_banned_gets_no_message(client: TestClient, ctx: Context, ada: Person) -> None:
    with ctx.writing() as db:
        row = db.get(Person, ada.id)
        assert row is not None
        row.banned_at = ctx.now
    assert client.post("/u/ada", data={"message": "hello"}).status_code == 404


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("limit", ["send_network", "send_network_inbox", "send_inbox"])
def test_over_a_limit_the_wait_is_told_and_the_draft_is_kept(
    client: TestClient, runtime: Runtime, limit: str
) -> None:
    runtime.rate_limits = RateLimits(overrides={limit: "2 per hour"})
    for text in ("one", "two"):
        assert client.post("/u/ada", data={"message": text}).status_code == 200
    answer = client.post("/u/ada", data={"message": MARKUP})
    assert answer.status_code == 429
    assert "Too many attempts. Try again in 1 hour." in answer.text
    assert box(MARKUP) in answer.text
    assert sorted(stored(runtime)) == ["one", "two"]


@pytest.mark.usefixtures("ada")
def test_the_limits_of_a_network_are_not_anothers(browse: Browse, runtime: Runtime) -> None:
    runtime.rate_limits = RateLimits(overrides={"send_network": "1 per hour"})
    first = browse(client=("192.0.2.1", 1))
    assert first.post("/u/ada", data={"message": "one"}).status_code == 200
    assert first.post("/u/ada", data={"message": "two"}).status_code == 429
    second = browse(client=("192.0.2.2", 1))
    assert second.post("/u/ada", data={"message": "three"}).status_code == 200


@pytest.mark.usefixtures("ada")
def test_a_message_is_sent(client: TestClient, runtime: Runtime) -> None:
    answer = client.post("/u/aDa", data={"message": f" {MARKUP}\r\nline two ", "key": "k"})
    assert answer.status_code == 200
    assert "Message sent anonymously" in answer.text
    assert "Create your own page" in answer.text
    assert 'href="/u/aDa?sent">Send another</a>' in answer.text
    assert "line two" not in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
    assert stored(runtime) == [f"{MARKUP}\nline two"]


@pytest.mark.usefixtures("ada")
def test_a_retry_with_the_same_key_makes_one_message(
    client: TestClient, runtime: Runtime, clock: Clock
) -> None:
    typed = {"message": "once", "key": "the page's key"}
    assert client.post("/u/ada", data=typed).status_code == 200
    clock.move(hours=23)
    again = client.post("/u/ada", data=typed)
    assert again.status_code == 200
    assert "Message sent anonymously" in again.text
    assert stored(runtime) == ["once"]


@pytest.mark.usefixtures("ada")
def test_a_refused_draft_is_sent_once_with_the_key_it_came_back_with(
    client: TestClient, runtime: Runtime
) -> None:
    page = client.post("/u/ada", data={"message": ""}).text
    key = page.partition('name="key" value="')[2].partition('"')[0]
    assert len(key) >= 22
    for _ in range(3):
        client.post("/u/ada", data={"message": "at last", "key": key})
    assert stored(runtime) == ["at last"]


@pytest.mark.usefixtures("ada")
def test_the_pages_own_form_sends_with_the_key_that_was_filled_in(
    client: TestClient, runtime: Runtime
) -> None:
    html = client.get("/u/ada").text
    key = html.partition('name="key" form="compose" value="')[2].partition('"')[0]
    assert len(key) >= 32
    posted = {"message": "twice pressed", "key": key}
    for _ in range(2):
        assert client.post("/u/ada", data=posted).status_code == 200
    assert stored(runtime) == ["twice pressed"]


@pytest.mark.usefixtures("ada")
def test_two_messages_without_a_key_are_two(client: TestClient, runtime: Runtime) -> None:
    for _ in range(2):
        client.post("/u/ada", data={"message": "again"})
    assert stored(runtime) == ["again", "again"]
