"""The forms that an emailed link opens, posted natively: reset, confirm and undo."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import email_changes, password_resets
from anonmsg.services.sessions import sign_ins, token_pairs
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock, FakeMailer
from tests.payloads import JUNK
from tests.web.conftest import Browse, sign_in
from tests.web.test_needs_script import MARKUP

NEW = "moss kettle violin zebra"
GONE = "This link has expired or been used. Request a new one."
PATHS = ["/reset-password", "/confirm-email", "/undo-email"]


def deliver(ctx: Context) -> None:
    while outbox.deliver_next(ctx):
        pass


@pytest.fixture
def reset_link(ctx: Context, ada: Person, mailer: FakeMailer) -> str:
    password_resets.request(ctx, email=ada.email, network=NETWORK)
    deliver(ctx)
    return mailer.last_link("reset-password")


@pytest.fixture
def confirm_link(ctx: Context, ada: Person, mailer: FakeMailer) -> str:
    pair = sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
    session_id = token_pairs.id_from_tokens(ctx, access=pair.access, refresh=pair.refresh)
    me = {"owner_id": ada.id, "session_id": session_id}
    email_changes.request(ctx, **me, email="new@example.com", password=PASSWORD)
    deliver(ctx)
    return mailer.last_link("confirm-email")


def address(runtime: Runtime, ada: Person) -> str:
    with runtime.context() as ctx, ctx.reading() as db:
        return db.get_one(Person, ada.id).email


@pytest.mark.parametrize("around", ["{}", "http://localhost:3000/reset-password#{}", " #{}\n"])
def test_a_link_sets_a_new_password_once(client: TestClient, reset_link: str, around: str) -> None:
    typed = {"link": around.format(reset_link), "password": NEW}
    answer = client.post("/reset-password", data=typed)
    assert answer.status_code == 200
    assert "Your password is changed. Sign in to continue." in answer.text
    assert 'href="/sign-in"' in answer.text
    assert client.post("/reset-password", data=typed).status_code == 400
    signing_in = {"identifier": "ada", "password": NEW}
    assert client.post("/sign-in", data=signing_in).status_code == 303


def test_a_weak_password_is_refused_and_the_link_still_works(
    client: TestClient, reset_link: str
) -> None:
    weak = client.post("/reset-password", data={"link": reset_link, "password": "aaaaaaaaaa"})
    assert weak.status_code == 400
    assert "That password is easy to guess." in weak.text
    assert "aaaaaaaaaa" not in weak.text
    assert f'type="hidden" name="link" value="{reset_link}"' in weak.text
    answer = client.post("/reset-password", data={"link": reset_link, "password": NEW})
    assert answer.status_code == 200


def test_a_late_link_says_so_and_leads_to_another(
    client: TestClient, reset_link: str, clock: Clock
) -> None:
    clock.move(minutes=31)
    answer = client.post("/reset-password", data={"link": reset_link, "password": NEW})
    assert answer.status_code == 400
    assert GONE in answer.text
    assert 'href="/forgot-password"' in answer.text
    assert reset_link not in answer.text
    assert NEW not in answer.text


def test_a_change_of_address_is_confirmed_and_undone(
    client: TestClient, runtime: Runtime, ada: Person, confirm_link: str, mailer: FakeMailer
) -> None:
    answer = client.post("/confirm-email", data={"link": confirm_link})
    assert answer.status_code == 200
    assert "Done. This is your email now." in answer.text
    assert address(runtime, ada) == "new@example.com"
    with runtime.context() as ctx:
        deliver(ctx)
    undo_link = f"http://localhost:3000/undo-email#{mailer.last_link('undo-email')}"
    # A link for one thing does no other.
    assert client.post("/confirm-email", data={"link": undo_link}).status_code == 400
    undone = client.post("/undo-email", data={"link": undo_link})
    assert undone.status_code == 200
    assert "Your old email is back" in undone.text
    assert address(runtime, ada) == ada.email
    for path in PATHS:
        assert GONE in client.post(path, data={"link": undo_link}).text


@pytest.mark.parametrize("path", PATHS)
def test_without_a_link_it_is_asked_for_and_not_called_expired(
    client: TestClient, path: str
) -> None:
    answer = client.post(path, data={})
    assert answer.status_code == 400
    assert 'name="link" type="text"' in answer.text
    assert "Copy the whole link from the email and paste it here." in answer.text
    assert GONE not in answer.text
    assert "field-error" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_what_is_no_link_is_refused_and_shown_nowhere(client: TestClient, path: str) -> None:
    answer = client.post(path, data={"link": f"x#{MARKUP}", "password": NEW})
    assert answer.status_code == 400
    assert GONE in answer.text
    assert "onerror" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_links_are_counted_by_network(browse: Browse, runtime: Runtime, path: str) -> None:
    runtime.rate_limits = RateLimits(overrides={"mailed_link": "3 per hour"})
    client = browse()
    answers = [client.post(path, data={"link": "x" * 43}) for _ in range(4)]
    assert answers[-1].status_code == 429
    assert "Too many attempts. Try again in " in answers[-1].text
    assert answers[0].status_code == 400


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("junk", JUNK, ids=lambda each: repr(each)[:20])
@pytest.mark.parametrize("name", ["link", "password"])
@pytest.mark.parametrize("path", PATHS)
def test_a_hostile_value_is_answered_in_words(
    client: TestClient, path: str, name: str, junk: object
) -> None:
    value = str(junk).encode("utf-8", "replace").decode()
    assert client.post(path, data={"link": "x" * 43, name: value}).status_code == 400
    sign_in(client)
