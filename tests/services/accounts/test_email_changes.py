"""Email changes: confirmed at the new address, undone from the old one."""

from __future__ import annotations

import re

import pytest
from sqlmodel import update

from anonmsg.database.tables import Person
from anonmsg.errors import (
    EmailTaken,
    InvalidEmail,
    LinkExpired,
    NotSignedIn,
    ReauthenticationNeeded,
    SameEmail,
    TooManyAttempts,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from anonmsg.services.accounts import email_changes
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once

NEW = "new@example.org"
OLD = "ada@example.com"


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _sign_in(ctx: Context) -> str:
    who = {"identifier": "ada", "password": factories.PASSWORD, "network": factories.NETWORK}
    return token_pairs.id_from_tokens(ctx, access=sign_ins.sign_in(ctx, **who).access, refresh="")


@pytest.fixture
def here(ctx: Context, ada: Person) -> str:
    return _sign_in(ctx)


def _mailed(ctx: Context, mailer: FakeMailer) -> tuple[str, str]:
    """Who the newest email went to, and the secret of the link in it."""
    while outbox.deliver_next(ctx):
        pass
    letter = mailer.letters[-1]
    found = re.search(r"#(\S{43})", letter.text)
    return letter.to, found[1] if found else ""


def _email(ctx: Context, owner: Person) -> str:
    with ctx.reading() as db:
        db.expire_all()
        return db.get_one(Person, owner.id).email


def _change(ctx: Context, mailer: FakeMailer, owner: Person, here: str, to: str = NEW) -> str:
    """Change the email and return the secret that undoes it."""
    email_changes.request(ctx, owner_id=owner.id, session_id=here, email=to)
    assert _mailed(ctx, mailer)[0] == to
    email_changes.confirm(ctx, link=_mailed(ctx, mailer)[1], network=factories.NETWORK)
    told, undo = _mailed(ctx, mailer)
    assert told == OLD
    return undo


def test_the_address_changes_once_the_link_is_opened_and_the_old_one_is_told(
    ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    email_changes.request(ctx, owner_id=ada.id, session_id=here, email=" New@Example.ORG ")
    to, link = _mailed(ctx, mailer)
    assert (to, _email(ctx, ada)) == ("New@example.org", OLD)
    email_changes.confirm(ctx, link=link, network=factories.NETWORK)
    assert _email(ctx, ada) == "New@example.org"
    told, undo = _mailed(ctx, mailer)
    assert (told, len(undo)) == (OLD, 43)
    assert "new@example.org" not in mailer.letters[-1].text.lower()
    with pytest.raises(LinkExpired):
        email_changes.confirm(ctx, link=link, network=factories.NETWORK)


def test_the_old_address_puts_everything_back_and_signs_everybody_out(
    ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    undo = _change(ctx, mailer, ada, here)
    email_changes.undo(ctx, link=undo, network=factories.NETWORK)
    assert _email(ctx, ada) == OLD
    with pytest.raises(NotSignedIn):
        sessions.current(ctx, session_id=here)
    with pytest.raises(LinkExpired):
        email_changes.undo(ctx, link=undo, network=factories.NETWORK)


def test_each_link_lives_its_time(
    runtime: Runtime, ctx: Context, ada: Person, here: str, mailer: FakeMailer, clock: Clock
) -> None:
    email_changes.request(ctx, owner_id=ada.id, session_id=here, email=NEW)
    late = _mailed(ctx, mailer)[1]
    clock.move(minutes=30)
    with runtime.context() as later:
        with pytest.raises(LinkExpired):
            email_changes.confirm(later, link=late, network=factories.NETWORK)
        undo = _change(later, mailer, ada, _sign_in(later))
    clock.move(days=7)
    with runtime.context() as later, pytest.raises(LinkExpired):
        email_changes.undo(later, link=undo, network=factories.NETWORK)


def test_a_link_does_nothing_but_its_own_purpose(
    ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    email_changes.request(ctx, owner_id=ada.id, session_id=here, email=NEW)
    link = _mailed(ctx, mailer)[1]
    for wrong in (link[:-1], link + "x", link.swapcase(), "", None, {}, "\x00"):
        with pytest.raises(LinkExpired):
            email_changes.confirm(ctx, link=wrong, network=factories.NETWORK)
    with pytest.raises(LinkExpired):
        email_changes.undo(ctx, link=link, network=factories.NETWORK)
    assert _email(ctx, ada) == OLD
    email_changes.confirm(ctx, link=link, network=factories.NETWORK)


def test_a_banned_persons_links_change_nothing(
    ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    undo = _change(ctx, mailer, ada, here)
    email_changes.request(ctx, owner_id=ada.id, session_id=here, email="third@example.org")
    link = _mailed(ctx, mailer)[1]
    with ctx.writing() as db:
        db.exec(update(Person).values(banned_at=ctx.now))
    for use_case, token in ((email_changes.confirm, link), (email_changes.undo, undo)):
        with pytest.raises(LinkExpired):
            use_case(ctx, link=token, network=factories.NETWORK)
    assert _email(ctx, ada) == NEW


def test_only_the_newest_address_that_was_asked_for_can_be_confirmed(
    ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    links = []
    for to in ("first@example.org", "second@example.org"):
        email_changes.request(ctx, owner_id=ada.id, session_id=here, email=to)
        links.append(_mailed(ctx, mailer)[1])
    with pytest.raises(LinkExpired):
        email_changes.confirm(ctx, link=links[0], network=factories.NETWORK)
    email_changes.confirm(ctx, link=links[1], network=factories.NETWORK)
    assert _email(ctx, ada) == "second@example.org"


def test_an_address_of_another_is_refused_or_told_to_its_owner(
    runtime: Runtime, ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    factories.person(ctx, "grace")
    taken = {"owner_id": ada.id, "session_id": here, "email": "Grace@example.com"}
    with pytest.raises(EmailTaken):
        email_changes.request(ctx, **taken)
    runtime.settings = runtime.settings.model_copy(update={"hide_registered_emails": True})
    with runtime.context() as hiding:
        email_changes.request(hiding, **taken)
        to, link = _mailed(hiding, mailer)
    assert (to, link) == ("grace@example.com", "")
    assert _email(ctx, ada) == OLD


def test_who_verified_the_address_meanwhile_keeps_it(
    ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    email_changes.request(ctx, owner_id=ada.id, session_id=here, email="grace@example.com")
    link = _mailed(ctx, mailer)[1]
    factories.person(ctx, "grace")
    with pytest.raises(EmailTaken):
        email_changes.confirm(ctx, link=link, network=factories.NETWORK)
    assert _email(ctx, ada) == OLD


@pytest.mark.parametrize("junk", ["", "no address", None, {}, "a@b\nc@d.example", "x" * 400])
def test_what_is_no_address_is_refused(ctx: Context, ada: Person, here: str, junk: object) -> None:
    with pytest.raises(InvalidEmail):
        email_changes.request(ctx, owner_id=ada.id, session_id=here, email=junk)


def test_the_same_address_is_no_other(ctx: Context, ada: Person, here: str) -> None:
    with pytest.raises(SameEmail):
        email_changes.request(ctx, owner_id=ada.id, session_id=here, email="ADA@example.com")


def test_the_password_is_asked_for_again_after_five_minutes(
    runtime: Runtime, ada: Person, here: str, clock: Clock
) -> None:
    clock.move(minutes=5)
    with runtime.context() as later:
        asked = {"owner_id": ada.id, "session_id": here, "email": NEW}
        with pytest.raises(ReauthenticationNeeded):
            email_changes.request(later, **asked)
        email_changes.request(later, **asked, password=factories.PASSWORD)


def test_five_a_day_are_enough(ctx: Context, ada: Person, here: str) -> None:
    for number in range(5):
        email_changes.request(ctx, owner_id=ada.id, session_id=here, email=f"n{number}@example.org")
    with pytest.raises(TooManyAttempts):
        email_changes.request(ctx, owner_id=ada.id, session_id=here, email=NEW)


def test_of_sixteen_who_open_one_link_one_confirms(
    runtime: Runtime, ctx: Context, ada: Person, here: str, mailer: FakeMailer
) -> None:
    email_changes.request(ctx, owner_id=ada.id, session_id=here, email=NEW)
    link = _mailed(ctx, mailer)[1]

    def confirm(each: Context, _number: int) -> str:
        email_changes.confirm(each, link=link, network=factories.NETWORK)
        return "confirmed"

    outcomes = contexts_at_once(runtime, 16, confirm)
    assert outcomes.count("confirmed") == 1
    assert sum(isinstance(each, LinkExpired) for each in outcomes) == 15
