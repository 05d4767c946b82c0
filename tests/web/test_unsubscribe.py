"""The link that ends emails: opened it does nothing, posted from anywhere it does one thing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from anonmsg.database.tables import EmailDigest, Person
from anonmsg.runtime.context import Context
from anonmsg.services.notifications import email_digests, unsubscribe_links
from tests.web.conftest import sign_in
from tests.web.test_cross_site import FOREIGN

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def path(ctx: Context, ada: Person) -> str:
    """The path of Ada's link, who is told once an hour."""
    email_digests.choose(ctx, owner_id=ada.id, frequency="hourly")
    split = urlsplit(unsubscribe_links.link(ctx, person_id=ada.id))
    return f"{split.path}?{split.query}"


def is_told(ctx: Context) -> bool:
    with ctx.reading() as db:
        return db.exec(select(EmailDigest)).first() is not None


def test_a_scanner_that_opens_it_ends_nothing(client: TestClient, path: str, ctx: Context) -> None:
    for answer in (client.get(path), client.head(path), client.get(path)):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
    assert "Stop emails about new messages?" in client.get(path).text
    assert is_told(ctx)


def test_its_button_ends_the_emails_without_a_sign_in(
    client: TestClient, path: str, ctx: Context
) -> None:
    shown = client.get(path).text
    assert f'<form method="post" action="{path}"' in shown
    answer = client.post(path)
    assert answer.status_code == 200
    assert "These emails have ended" in answer.text
    assert "set-cookie" not in answer.headers
    assert not is_told(ctx)


@pytest.mark.parametrize("headers", FOREIGN)
def test_an_email_program_posts_from_anywhere(
    client: TestClient, path: str, ctx: Context, headers: dict[str, str]
) -> None:
    del client.headers["sec-fetch-site"]
    answer = client.post(path, data=ONE_CLICK, headers=headers, follow_redirects=False)
    assert answer.status_code == 200
    assert not is_told(ctx)


def test_a_form_of_parts_works_too(client: TestClient, path: str, ctx: Context) -> None:
    del client.headers["sec-fetch-site"]
    assert client.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert not is_told(ctx)


def test_a_second_click_says_the_same(client: TestClient, path: str) -> None:
    first, second = client.post(path), client.post(path)
    assert (first.status_code, first.text) == (second.status_code, second.text)


@pytest.mark.parametrize("made", ["", "x", "x" * 5000, "é", "\ud7ff", "%00", "AAAA" * 17])
def test_a_made_up_key_does_nothing(client: TestClient, path: str, ctx: Context, made: str) -> None:
    answer = client.post(f"/unsubscribe?key={made}")
    assert answer.status_code == 400
    assert "This link isn&#39;t complete" in answer.text
    assert client.get(f"/unsubscribe?key={made}").status_code == 200
    assert is_told(ctx)


def test_a_key_that_was_changed_or_cut_off_does_nothing(
    client: TestClient, path: str, ctx: Context
) -> None:
    other = "B" if path[-9] != "B" else "C"
    for wrong in (path[:-1], path + "A", f"{path[:-9]}{other}{path[-8:]}"):
        assert client.post(wrong).status_code == 400
    assert is_told(ctx)


def test_what_is_typed_into_it_is_text(client: TestClient) -> None:
    shown = client.get('/unsubscribe?key="><script>alert(1)</script>').text
    assert "<script>" not in shown
    assert "alert(1)" not in shown or "&lt;" in shown or "%3C" in shown


def test_a_key_opens_nothing_else(client: TestClient, path: str) -> None:
    client.post(path)
    assert client.get("/dashboard", follow_redirects=False).status_code == 303
    key = path.partition("key=")[2]
    for other in ("/confirm-email", "/undo-email"):
        assert client.post(other, data={"link": key}).status_code == 400


def test_somebody_who_is_signed_in_ends_the_emails_of_the_link_alone(
    client: TestClient, path: str, ctx: Context, ada: Person
) -> None:
    sign_in(client)
    assert client.post("/unsubscribe").status_code == 400
    assert is_told(ctx)
    client.post(path)
    assert not is_told(ctx)
