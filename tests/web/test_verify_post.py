"""POST /verify: the code or the link without scripts, and only in the browser that may."""

from __future__ import annotations

import pytest
from sqlmodel import delete, select
from starlette.testclient import TestClient

from anonmsg.database.tables import Mail, Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock, FakeMailer
from tests.payloads import JUNK
from tests.web.conftest import Browse, cookies_taken_by, sign_in
from tests.web.test_needs_script import MARKUP
from tests.web.test_sign_up_post import GRACE

EVIL = "moss kettle violin zebra"


@pytest.fixture
def begun(client: TestClient, ctx: Context) -> TestClient:
    """A browser whose sign-up's email has been delivered."""
    begin(client, ctx)
    return client


def begin(client: TestClient, ctx: Context, **typed: str) -> None:
    assert client.post("/sign-up", data=GRACE | typed).status_code == 303
    deliver(ctx)


def deliver(ctx: Context) -> None:
    while outbox.deliver_next(ctx):
        pass


def names(runtime: Runtime) -> list[str]:
    """Everybody who has been verified."""
    with runtime.context() as ctx, ctx.reading() as db:
        return sorted(db.exec(select(Person.username)).all())


def test_the_right_code_verifies_and_the_cookie_goes(
    begun: TestClient, runtime: Runtime, mailer: FakeMailer
) -> None:
    answer = begun.post("/verify", data={"code": mailer.last_code()})
    assert answer.status_code == 200
    assert "Account verified successfully" in answer.text
    assert 'href="/sign-in?new=grace"' in answer.text
    assert cookies_taken_by(answer) == ["sign_up"]
    assert names(runtime) == ["grace"]
    sign_in(begun, "grace")


def test_a_wrong_code_is_refused_and_does_not_come_back(
    begun: TestClient, runtime: Runtime, mailer: FakeMailer
) -> None:
    wrong = f"{(int(mailer.last_code()) + 1) % 10**6:06}"
    answer = begun.post("/verify", data={"code": wrong})
    assert answer.status_code == 400
    assert "Incorrect verification code" in answer.text
    assert wrong not in answer.text
    assert 'name="resend"' in answer.text
    for _ in range(4):
        begun.post("/verify", data={"code": wrong})
    for code in (wrong, mailer.last_code()):
        answer = begun.post("/verify", data={"code": code})
        assert answer.status_code == 400
        assert "Too many wrong codes. Get a new one." in answer.text
        assert 'name="resend"' in answer.text
    assert names(runtime) == []


def test_a_late_code_has_expired(begun: TestClient, clock: Clock, mailer: FakeMailer) -> None:
    clock.move(minutes=16)
    answer = begun.post("/verify", data={"code": mailer.last_code()})
    assert answer.status_code == 400
    assert "Verification code has expired" in answer.text


def test_another_browser_cannot_use_the_code(
    begun: TestClient, browse: Browse, runtime: Runtime, mailer: FakeMailer
) -> None:
    for typed in ({}, {"sign_up": "x" * 43}, {"sign_up": ""}):
        answer = browse().post("/verify", data={"code": mailer.last_code()} | typed)
        assert answer.status_code == 400
        assert "We couldn&#39;t find a sign-up in this browser." in answer.text
        assert 'name="link"' in answer.text
        assert 'name="resend"' not in answer.text
    assert names(runtime) == []


def test_the_scripts_id_is_as_good_as_the_cookie(
    browse: Browse, ctx: Context, runtime: Runtime, mailer: FakeMailer
) -> None:
    browser = factories.sign_up(ctx, "grace")
    client = browse()
    refused = client.post("/verify", data={"code": "", "sign_up": browser})
    assert f'name="sign_up" value="{browser}"' in refused.text
    answer = client.post("/verify", data={"code": mailer.last_code(), "sign_up": browser})
    assert "Account verified successfully" in answer.text
    assert names(runtime) == ["grace"]


def test_a_stale_id_of_the_script_does_not_hide_the_cookie(
    begun: TestClient, runtime: Runtime, mailer: FakeMailer
) -> None:
    begun.post("/verify", data={"code": mailer.last_code(), "sign_up": "of-an-old-sign-up"})
    assert names(runtime) == ["grace"]


def test_a_pasted_link_verifies_in_the_browser_that_began(
    begun: TestClient, runtime: Runtime, mailer: FakeMailer
) -> None:
    link = f" http://localhost:3000/verify#{mailer.last_link()} "
    assert "Account verified successfully" in begun.post("/verify", data={"link": link}).text
    assert names(runtime) == ["grace"]


@pytest.mark.usefixtures("begun")
def test_another_browser_needs_the_password_with_the_link(
    browse: Browse, runtime: Runtime, mailer: FakeMailer
) -> None:
    client, link = browse(), mailer.last_link()
    asked = client.post("/verify", data={"link": link})
    assert asked.status_code == 400
    assert "Enter the password you signed up with." in asked.text
    assert f'name="link" value="{link}"' in asked.text
    wrong = client.post("/verify", data={"link": link, "password": EVIL})
    assert wrong.status_code == 401
    assert "Incorrect password" in wrong.text
    assert EVIL not in wrong.text
    assert names(runtime) == []
    right = client.post("/verify", data={"link": link, "password": PASSWORD})
    assert "Account verified successfully" in right.text
    assert names(runtime) == ["grace"]


def test_whoever_is_verified_already_is_told_in_every_browser_that_asks(
    begun: TestClient, browse: Browse, runtime: Runtime, mailer: FakeMailer
) -> None:
    phone, link, code = browse(), mailer.last_link(), mailer.last_code()
    phone.post("/verify", data={"link": link, "password": PASSWORD})
    assert names(runtime) == ["grace"]
    again = [
        begun.get("/verify?plain=new"),
        *(begun.post("/verify", data=typed) for typed in ({"code": code}, {"resend": "yes"})),
        *(each.post("/verify", data={"link": link}) for each in (begun, phone)),
    ]
    for answer in again:
        assert "This account is already verified" in answer.text
        assert 'href="/sign-in"' in answer.text
        assert "<form" not in answer.text
    assert [answer.status_code for answer in again] == [200, 400, 400, 400, 400]


def test_a_used_link_leaves_another_sign_up_of_the_browser_alone(
    begun: TestClient, browse: Browse, ctx: Context, runtime: Runtime, mailer: FakeMailer
) -> None:
    link = mailer.last_link()
    begun.post("/verify", data={"code": mailer.last_code()})
    other = browse()
    begin(other, ctx, username="hedy", email="hedy@rare.example")
    assert "already verified" in other.post("/verify", data={"link": link}).text
    other.post("/verify", data={"code": mailer.last_code()})
    assert names(runtime) == ["grace", "hedy"]


def test_a_verified_browser_can_sign_somebody_else_up(
    begun: TestClient, browse: Browse, ctx: Context, runtime: Runtime, mailer: FakeMailer
) -> None:
    browse().post("/verify", data={"link": mailer.last_link(), "password": PASSWORD})
    begin(begun, ctx, username="hedy", email="hedy@rare.example")
    begun.post("/verify", data={"code": mailer.last_code()})
    assert names(runtime) == ["grace", "hedy"]


def test_a_link_that_is_none_is_refused_and_another_can_be_pasted(client: TestClient) -> None:
    answer = client.post("/verify", data={"link": f"https://x/verify#{MARKUP}"})
    assert answer.status_code == 400
    assert "Incorrect verification code" in answer.text
    assert 'id="link"' in answer.text
    assert MARKUP not in answer.text


def test_somebody_elses_sign_up_for_my_address_is_never_verified_by_mine(
    browse: Browse, ctx: Context, runtime: Runtime, mailer: FakeMailer
) -> None:
    attacker, me = browse(), browse()
    begin(attacker, ctx, username="attacker", password=EVIL)
    theirs = mailer.last_code(), mailer.last_link()
    begin(me, ctx)
    mine = mailer.last_code()
    if theirs[0] != mine:
        assert me.post("/verify", data={"code": theirs[0]}).status_code == 400
    assert me.post("/verify", data={"link": theirs[1]}).status_code == 400
    assert me.post("/verify", data={"link": theirs[1], "password": PASSWORD}).status_code == 401
    assert attacker.post("/verify", data={"code": mine}).status_code == 400 or theirs[0] == mine
    assert names(runtime) == []
    assert me.post("/verify", data={"code": mine}).status_code == 200
    assert names(runtime) == ["grace"]
    typed = {"identifier": "grace@example.com", "password": EVIL}
    assert attacker.post("/sign-in", data=typed).status_code == 401


def test_a_username_that_was_lost_is_asked_for_again(
    begun: TestClient, ctx: Context, runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    clock.move(minutes=31)
    with runtime.context() as later:
        factories.person(later, "grace2")
        begun.post("/verify", data={"resend": "yes"})
        deliver(later)
    code = mailer.last_code()
    taken = begun.post("/verify", data={"code": code, "username": "grace2"})
    assert taken.status_code == 400
    assert "Username is already taken" in taken.text
    assert 'name="username"' in taken.text
    assert code not in taken.text
    begun.post("/verify", data={"code": code, "username": "hopper"})
    assert names(runtime) == ["grace2", "hopper"]


def test_another_code_is_sent_after_a_minute(
    begun: TestClient, runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    first = mailer.last_code()
    early = begun.post("/verify", data={"resend": "yes"})
    assert early.status_code == 429
    assert "Too many attempts. Try again in " in early.text
    clock.move(seconds=61)
    answer = begun.post("/verify", data={"resend": "yes"})
    assert answer.status_code == 200
    assert "We&#39;ve sent a new code." in answer.text
    with runtime.context() as ctx:
        deliver(ctx)
    assert len(mailer.letters) == 2
    if first != mailer.last_code():
        assert begun.post("/verify", data={"code": first}).status_code == 400
    assert begun.post("/verify", data={"code": mailer.last_code()}).status_code == 200


def test_nobody_else_can_ask_for_another_code(
    begun: TestClient, browse: Browse, clock: Clock, ctx: Context, mailer: FakeMailer
) -> None:
    clock.move(seconds=61)
    assert browse().post("/verify", data={"resend": "yes"}).status_code == 400
    deliver(ctx)
    assert len(mailer.letters) == 1


def test_guesses_are_counted_by_network(client: TestClient) -> None:
    answers = [client.post("/verify", data={"code": "123456"}).status_code for _ in range(31)]
    assert answers == [400] * 30 + [429]


def test_the_plain_page_is_only_for_a_browser_with_the_cookie(
    begun: TestClient, browse: Browse, clock: Clock
) -> None:
    assert "<script" not in begun.get("/verify?plain=").text
    assert "<script" in begun.get("/verify").text
    assert "<script" in browse().get("/verify?plain=new").text
    clock.move(hours=25)
    assert "<script" in begun.get("/verify?plain=new").text


def test_a_mistyped_address_is_changed_without_starting_over(
    begun: TestClient, ctx: Context, runtime: Runtime, mailer: FakeMailer
) -> None:
    first = mailer.last_code()
    assert f"We sent a 6-digit code to {GRACE['email']}." in begun.get("/verify?plain=new").text
    on = begun.post("/verify", data={"change_email": "yes", "email": "right@rare.example"})
    assert on.status_code == 303
    page = begun.get(on.headers["location"]).text
    assert "We&#39;ve sent a new code." in page
    assert "We sent a 6-digit code to right@rare.example." in page
    deliver(ctx)
    assert mailer.letters[-1].to == "right@rare.example"
    if first != mailer.last_code():
        assert begun.post("/verify", data={"code": first}).status_code == 400
    begun.post("/verify", data={"code": mailer.last_code()})
    assert names(runtime) == ["grace"]


def test_an_address_that_is_refused_comes_back_with_its_reason(
    begun: TestClient, browse: Browse
) -> None:
    for email, reason in (("nonsense", "valid email"), (GRACE["email"], "already your email")):
        answer = begun.post("/verify", data={"change_email": "yes", "email": email})
        assert answer.status_code == 400
        assert reason in answer.text
        assert f'value="{email}"' in answer.text
    stranger = browse().post("/verify", data={"change_email": "yes", "email": "x@rare.example"})
    assert stranger.status_code == 400
    assert "find a sign-up in this browser." in stranger.text


def test_an_address_that_can_get_no_email_is_told(client: TestClient, ctx: Context) -> None:
    client.post("/sign-up", data=GRACE)
    with ctx.writing() as db:
        db.exec(delete(Mail))
    assert "We can&#39;t deliver email to this address." in client.get("/verify?plain=new").text


def test_an_email_that_is_late_is_told(
    client: TestClient, ctx: Context, mailer: FakeMailer
) -> None:
    mailer.is_down = True
    client.post("/sign-up", data=GRACE)
    outbox.deliver_next(ctx)
    page = client.get("/verify?plain=new").text
    assert "We couldn&#39;t deliver the email yet." in page


@pytest.mark.parametrize("junk", JUNK, ids=lambda each: repr(each)[:20])
@pytest.mark.parametrize("name", ["code", "link", "password", "username", "sign_up"])
def test_a_hostile_value_is_answered_in_words(
    begun: TestClient, runtime: Runtime, name: str, junk: object
) -> None:
    value = str(junk).encode("utf-8", "replace").decode()
    typed = {"code": "12345", "link": "x" * 43, name: value}
    assert begun.post("/verify", data=typed).status_code == 400
    assert begun.post("/verify", data={name: value}).status_code == 400
    assert names(runtime) == []
