"""Forgot password: an emailed link that works once, for the one person it was made for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select, update

from anonmsg.database.tables import Mail, MailedLink, Person
from anonmsg.errors import (
    AppError,
    IncorrectPassword,
    InvalidEmail,
    InvalidPassword,
    LinkExpired,
    NotSignedIn,
    TooManyAttempts,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.passwords import Passwords
from anonmsg.services import outbox, purges
from anonmsg.services.accounts import mailed_links, password_resets
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once, named

NEW = "moss kettle violin zebra"
PAGE = "reset-password"


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def deliver(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass


def ask(runtime: Runtime, email: object = "ada@example.com", network: str = "n") -> None:
    with runtime.context() as ctx:
        password_resets.request(ctx, email=email, network=network)
    deliver(runtime)


def reset(runtime: Runtime, link: object, password: object = NEW, network: str = "n") -> None:
    with runtime.context() as ctx:
        password_resets.reset(ctx, link=link, password=password, network=network)
    deliver(runtime)


def sign_in(runtime: Runtime, password: str = PASSWORD, network: str = "n") -> str:
    """Sign ada in and return the session's id."""
    with runtime.context() as ctx:
        pair = sign_ins.sign_in(ctx, identifier="ada", password=password, network=network)
        return token_pairs.id_from_tokens(ctx, access=pair.access, refresh="")


def is_alive(runtime: Runtime, session_id: str) -> bool:
    with runtime.context() as ctx:
        try:
            sessions.current(ctx, session_id=session_id)
        except NotSignedIn:
            return False
    return True


def stored(runtime: Runtime, person: Person) -> str:
    """The person's current password hash."""
    with runtime.context() as ctx, ctx.reading() as db:
        return db.exec(select(Person.password_hash).where(Person.id == person.id)).one()


def rows(runtime: Runtime, table: type[MailedLink | Mail]) -> int:
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(table)).all())


@pytest.mark.parametrize("email", ["", None, 7, {}, "ada", "ada@", "a b@example.com", "@" * 9000])
def test_what_is_no_address_is_refused(runtime: Runtime, ada: Person, email: object) -> None:
    with pytest.raises(InvalidEmail):
        ask(runtime, email)
    assert rows(runtime, Mail) == 0


@pytest.mark.usefixtures("ada")
def test_the_answer_tells_nobody_who_has_an_account(runtime: Runtime, mailer: FakeMailer) -> None:
    written = []
    for email in ("ada@example.com", "grace@example.com"):
        before = rows(runtime, Mail)
        with runtime.context() as ctx:
            assert password_resets.request(ctx, email=email, network="n") is None
            assert ctx.mail_waits
        written.append(rows(runtime, Mail) - before)
    assert written == [1, 1]
    deliver(runtime)
    assert [letter.to for letter in mailer.letters] == ["ada@example.com"]


def test_nothing_is_kept_of_an_address_that_nobody_has(
    runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    ask(runtime, "grace@example.com")
    with runtime.context() as ctx, ctx.reading() as db:
        mail = db.exec(select(Mail)).one()
    assert (mail.sealed, mail.due_at, mail.sign_up_id) == (None, None, None)
    assert mailer.letters == []
    clock.move(days=7)
    with runtime.context() as ctx:
        purges.purge(ctx)
    assert rows(runtime, Mail) == 0


def test_somebody_banned_gets_no_link(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    with runtime.context() as ctx, ctx.writing() as db:
        db.exec(update(Person).values(banned_at=ctx.now))
    ask(runtime)
    assert mailer.letters == []
    assert rows(runtime, MailedLink) == 0


def test_a_link_of_somebody_who_was_banned_meanwhile_is_dead(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    ask(runtime)
    before = stored(runtime, ada)
    with runtime.context() as ctx, ctx.writing() as db:
        db.exec(update(Person).values(banned_at=ctx.now))
    with pytest.raises(LinkExpired):
        reset(runtime, mailer.last_link(PAGE))
    assert stored(runtime, ada) == before


@pytest.mark.parametrize("email", ["ada@example.com", "grace@example.com"])
def test_an_address_is_asked_for_three_times_an_hour_by_a_network_and_ten_times_by_all(
    runtime: Runtime, ada: Person, email: str, mailer: FakeMailer
) -> None:
    for number in range(3):
        ask(runtime, email.upper() if number else email, "n")
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            ask(runtime, email, "n")
    for number in range(7):
        ask(runtime, email, f"n{number}")
    with pytest.raises(TooManyAttempts):
        ask(runtime, email, "another")
    ask(runtime, "other@example.com", "another")
    assert len(mailer.letters) == (10 if email == ada.email else 0)


@pytest.mark.usefixtures("ada")
def test_a_network_asks_thirty_times_an_hour(runtime: Runtime) -> None:
    for number in range(30):
        ask(runtime, f"ada{number}@example.com")
    with pytest.raises(TooManyAttempts):
        ask(runtime)
    ask(runtime, network="another")


def test_what_is_no_link_resets_nothing(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    ask(runtime)
    link, before = mailer.last_link(PAGE), stored(runtime, ada)
    for junk in (link[:-1], link[1:], link.swapcase(), f"{link}x", "", None, {}, 7, "x" * 9000):
        with pytest.raises(LinkExpired):
            reset(runtime, junk)
    assert stored(runtime, ada) == before
    reset(runtime, link)


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.RESET])
def test_a_link_for_something_else_resets_nothing(
    runtime: Runtime, ada: Person, purpose: Purpose
) -> None:
    with runtime.context() as ctx, ctx.writing():
        token = mailed_links.make(ctx, purpose, person_id=ada.id, lives=timedelta(days=1))
    with pytest.raises(LinkExpired):
        reset(runtime, token)
    assert rows(runtime, MailedLink) == 1


def test_a_link_is_stored_as_a_digest(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    ask(runtime)
    with runtime.context() as ctx, ctx.reading() as db:
        kept = repr(db.exec(select(MailedLink)).one().model_dump())
    assert mailer.last_link(PAGE) not in kept


def test_a_link_works_for_30_minutes(
    runtime: Runtime, ada: Person, mailer: FakeMailer, clock: Clock
) -> None:
    ask(runtime)
    late = mailer.last_link(PAGE)
    clock.move(minutes=30)
    with pytest.raises(LinkExpired):
        reset(runtime, late)
    ask(runtime)
    clock.move(minutes=29, seconds=59)
    reset(runtime, mailer.last_link(PAGE))
    sign_in(runtime, NEW)


def test_a_link_works_once(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    ask(runtime)
    link = mailer.last_link(PAGE)
    reset(runtime, link)
    after = stored(runtime, ada)
    with pytest.raises(LinkExpired):
        reset(runtime, link, "purple ladder sings quietly")
    assert stored(runtime, ada) == after


def test_a_link_works_once_even_if_it_ends_no_others(
    runtime: Runtime, ada: Person, mailer: FakeMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(runtime)
    link = mailer.last_link(PAGE)
    monkeypatch.setattr(mailed_links, "withdraw", lambda *_args, **_more: None)
    reset(runtime, link)
    with pytest.raises(LinkExpired):
        reset(runtime, link, "purple ladder sings quietly")


def test_of_16_at_once_exactly_one_wins(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    ask(runtime)
    link = mailer.last_link(PAGE)
    chosen = [f"{NEW} number {number}" for number in range(16)]

    def use(ctx: Context, number: int) -> None:
        password_resets.reset(ctx, link=link, password=chosen[number], network="n")

    outcomes = contexts_at_once(runtime, 16, use)
    assert outcomes.count(None) == 1
    assert named(outcomes, LinkExpired) == 15
    deliver(runtime)
    assert len(mailer.letters) == 2
    sign_in(runtime, chosen[outcomes.index(None)])


def test_each_link_works_until_one_of_them_is_used(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    ask(runtime)
    first = mailer.last_link(PAGE)
    ask(runtime)
    second = mailer.last_link(PAGE)
    reset(runtime, first)
    with pytest.raises(LinkExpired):
        reset(runtime, second)


def test_a_link_changes_the_password_of_its_own_person_only(
    runtime: Runtime, ada: Person, ctx: Context, mailer: FakeMailer
) -> None:
    eve = factories.person(ctx, "eve")
    ask(runtime)
    link = mailer.last_link(PAGE)
    ask(runtime, eve.email)
    before = stored(runtime, eve), stored(runtime, ada)
    reset(runtime, link)
    assert stored(runtime, eve) == before[0]
    assert stored(runtime, ada) != before[1]
    reset(runtime, mailer.letters[1].text.partition(f"/{PAGE}#")[2].split()[0])
    assert stored(runtime, eve) != before[0]


@pytest.mark.parametrize("password", ["", None, "short", "x" * 257, "password1", "ada@example.com"])
def test_a_password_that_is_refused_does_not_use_the_link_up(
    runtime: Runtime, ada: Person, mailer: FakeMailer, password: object
) -> None:
    ask(runtime)
    with pytest.raises(InvalidPassword):
        reset(runtime, mailer.last_link(PAGE), password)
    reset(runtime, mailer.last_link(PAGE))


def test_a_network_tries_three_hundred_links_an_hour(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    ask(runtime)
    for number in range(300):
        with pytest.raises(LinkExpired):
            reset(runtime, f"guess number {number}")
    with pytest.raises(TooManyAttempts):
        reset(runtime, mailer.last_link(PAGE))
    reset(runtime, mailer.last_link(PAGE), network="another")


def test_every_sign_in_ends_and_the_owner_is_told(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    open_ones = [sign_in(runtime), sign_in(runtime)]
    ask(runtime)
    reset(runtime, mailer.last_link(PAGE))
    assert [is_alive(runtime, each) for each in open_ones] == [False, False]
    told = mailer.letters[-1]
    assert (told.to, told.subject) == (ada.email, "Your anonmsg password was changed")
    assert "http://localhost:3000/forgot-password" in told.text
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, PASSWORD)
    assert is_alive(runtime, sign_in(runtime, NEW))


def test_a_new_address_that_somebody_else_asked_for_is_not_confirmed_any_more(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    with runtime.context() as ctx, ctx.writing():
        for purpose in (Purpose.CONFIRM_EMAIL, Purpose.UNDO_EMAIL):
            mailed_links.make(ctx, purpose, person_id=ada.id, lives=timedelta(days=1))
    ask(runtime)
    reset(runtime, mailer.last_link(PAGE))
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(MailedLink.purpose)).all() == [Purpose.UNDO_EMAIL]


def test_who_is_leaving_may_reset_which_calls_nothing_off(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    with runtime.context() as ctx, ctx.writing() as db:
        db.exec(update(Person).values(leaves_at=ctx.now + timedelta(days=7)))
    ask(runtime)
    reset(runtime, mailer.last_link(PAGE))
    with runtime.context() as ctx, pytest.raises(AppError):
        factories.page(ctx, username="ada")
    sign_in(runtime, NEW)
    with runtime.context() as ctx, pytest.raises(AppError):
        factories.page(ctx, username="ada")


def test_the_two_factor_stays(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    kept = {"totp_sealed": b"sealed", "totp_step": 7}
    with runtime.context() as ctx, ctx.writing() as db:
        db.exec(update(Person).values(totp_on_at=ctx.now, **kept))
    ask(runtime)
    reset(runtime, mailer.last_link(PAGE))
    with runtime.context() as ctx, ctx.reading() as db:
        person = db.exec(select(Person)).one()
        assert person.totp_on_at == ctx.now
    assert {name: getattr(person, name) for name in kept} == kept


class Slow(Passwords):
    """Compares so slowly that the owner resets the password in the meantime."""

    def __init__(self, runtime: Runtime, link: str) -> None:
        super().__init__(runtime.settings.pepper.get_secret_value(), cost=4)
        self._runtime, self._links = runtime, [link]

    def fits(self, password: str, stored: str | None) -> bool:
        found = super().fits(password, stored)
        while self._links:
            reset(self._runtime, self._links.pop())
        return found


def test_a_sign_in_that_was_under_way_with_the_old_password_is_refused(
    runtime: Runtime, ada: Person, mailer: FakeMailer
) -> None:
    ask(runtime)
    usual = runtime.keyring
    with runtime.context() as ctx:
        ctx.keyring = replace(usual, passwords=Slow(runtime, mailer.last_link(PAGE)))
        with pytest.raises(IncorrectPassword):
            sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network="n")
    sign_in(runtime, NEW)
