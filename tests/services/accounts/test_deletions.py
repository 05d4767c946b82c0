"""Deletions: closed at once, called off by the owner's choice, and otherwise nothing is left."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, select, update

from anonmsg.config import Settings
from anonmsg.database.tables import (
    HeldUsername,
    InboxKey,
    Mail,
    MailedLink,
    Message,
    Person,
    RecoveryCode,
    SignInSession,
    SignUp,
)
from anonmsg.errors import (
    AccountKept,
    AccountLeaving,
    IncorrectPassword,
    NotSignedIn,
    PageNotFound,
    ReauthenticationNeeded,
    TooManyAttempts,
    UsernameDoesNotMatch,
    UserNotFound,
)
from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import OutboxFolder, mailer_from
from anonmsg.rules import Email
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox, purges
from anonmsg.services.accounts import deletions, mailed_links, sign_ups, verifications
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once, named

NAME, ADDRESS = "Zyx_Quorra", "planted.address@rare.example"
SENTENCE = "an unmistakable sentence, left by nobody"
PLANTED = [NAME, NAME.lower(), ADDRESS, "planted.address"]


def sign_in(ctx: Context, identifier: str = "ada") -> str:
    """Sign in and return the session's id."""
    pair = sign_ins.sign_in(ctx, identifier=identifier, password=PASSWORD, network=NETWORK)
    return token_pairs.id_from_tokens(ctx, access=pair.access, refresh="")


def schedule(ctx: Context, owner: Person, session_id: str, **typed: str) -> datetime:
    asked = {"password": PASSWORD, "username": owner.username} | typed
    return deletions.schedule(ctx, owner_id=owner.id, session_id=session_id, **asked)


def leaves_at(ctx: Context) -> list[datetime | None]:
    with ctx.reading() as db:
        return list(db.exec(select(Person.leaves_at)).all())


def deliver(ctx: Context) -> None:
    while outbox.deliver_next(ctx):
        pass


def count(runtime: Runtime, table: type[SQLModel]) -> int:
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(table)).all())


def erase_due(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        deletions.erase_due(ctx)


@pytest.mark.parametrize("typed", ["", "ad", "ada2", "grace", "ada\x00"])
def test_another_username_deletes_nothing_and_uses_no_try_up(ctx: Context, typed: str) -> None:
    ada = factories.person(ctx)
    factories.person(ctx, "grace")
    session_id = sign_in(ctx)
    for _ in range(10):
        with pytest.raises(UsernameDoesNotMatch):
            schedule(ctx, ada, session_id, username=typed)
    assert leaves_at(ctx) == [None, None]
    schedule(ctx, ada, session_id, username=" ADA ")


def test_the_password_is_asked_for_however_fresh_the_last_proof_is(ctx: Context) -> None:
    ada = factories.person(ctx)
    with pytest.raises(ReauthenticationNeeded):
        schedule(ctx, ada, sign_in(ctx), password="")
    assert leaves_at(ctx) == [None]


def test_a_wrong_password_deletes_nothing_and_five_are_too_many(ctx: Context) -> None:
    ada = factories.person(ctx)
    session_id = sign_in(ctx)
    for _ in range(5):
        with pytest.raises(IncorrectPassword):
            schedule(ctx, ada, session_id, password="not the password")
    with pytest.raises(TooManyAttempts):
        schedule(ctx, ada, session_id)
    assert leaves_at(ctx) == [None]


def test_nobody_deletes_somebody_elses_account(ctx: Context) -> None:
    ada, eve = factories.person(ctx), factories.person(ctx, "eve")
    with pytest.raises(NotSignedIn):
        schedule(ctx, ada, sign_in(ctx, "eve"))
    with pytest.raises(UsernameDoesNotMatch):
        schedule(ctx, eve, sign_in(ctx, "eve"), username="ada")
    assert leaves_at(ctx) == [None, None]


def test_the_end_is_in_seven_days_and_every_sign_in_is_over(ctx: Context, clock: Clock) -> None:
    ada = factories.person(ctx)
    elsewhere, here = sign_in(ctx), sign_in(ctx)
    assert schedule(ctx, ada, here) == clock.now + timedelta(days=7)
    assert leaves_at(ctx) == [clock.now + timedelta(days=7)]
    for session_id in (elsewhere, here):
        with pytest.raises(NotSignedIn):
            sessions.current(ctx, session_id=session_id)
    assert {topics.page_of("ada"), topics.sessions_of(ada.id)} <= set(ctx.announced)


def test_the_page_is_gone_at_once_and_takes_no_message(ctx: Context) -> None:
    ada = factories.person(ctx)
    factories.page(ctx, username="ada")
    schedule(ctx, ada, sign_in(ctx))
    with pytest.raises(PageNotFound):
        factories.page(ctx, username="ada")
    with pytest.raises(PageNotFound):
        factories.send(ctx, username="ada", content="hello", network=NETWORK)


def test_a_mail_tells_until_when_it_can_be_undone(ctx: Context, mailer: FakeMailer) -> None:
    schedule(ctx, factories.person(ctx), sign_in(ctx))
    deliver(ctx)
    (letter,) = mailer.letters
    assert letter.to == "ada@example.com"
    assert "11 March 2026, 12:00 UTC" in letter.text
    assert "http://localhost:3000/sign-in" in letter.text


def test_asked_for_twice_at_once_it_is_scheduled_once(runtime: Runtime, ctx: Context) -> None:
    ada = factories.person(ctx)
    here = sign_in(ctx)
    outcomes = contexts_at_once(runtime, 4, lambda each, _: schedule(each, ada, here))
    assert named(outcomes, NotSignedIn) == 3
    assert count(runtime, Mail) == 1


def keep(ctx: Context, owner: Person, session_id: str) -> None:
    deletions.keep(ctx, owner_id=owner.id, session_id=session_id)


def leave(ctx: Context, owner: Person, session_id: str) -> datetime:
    return deletions.leave_as_planned(ctx, owner_id=owner.id, session_id=session_id)


@pytest.fixture
def leaver(runtime: Runtime) -> Person:
    """Ada, with a message, after she asked for her account to be deleted."""
    with runtime.context() as ctx:
        ada = factories.person(ctx)
        factories.messages(ctx, ada, SENTENCE)
        schedule(ctx, ada, sign_in(ctx))
        deliver(ctx)
    return ada


def test_signing_in_and_looking_undoes_nothing(
    runtime: Runtime, leaver: Person, clock: Clock
) -> None:
    clock.move(days=6, hours=23)
    with runtime.context() as ctx:
        session_id = sign_in(ctx)
        assert sessions.anyone(ctx, session_id=session_id).leaves_at == leaves_at(ctx)[0]
        with pytest.raises(AccountLeaving):
            sessions.current(ctx, session_id=session_id)
        with pytest.raises(PageNotFound):
            factories.page(ctx, username="ada")
    clock.move(hours=1)
    erase_due(runtime)
    assert [count(runtime, table) for table in (Person, Message, SignInSession)] == [0, 0, 0]


def test_keeping_it_opens_the_page_and_is_told_by_email_once(
    runtime: Runtime, leaver: Person, clock: Clock, mailer: FakeMailer
) -> None:
    clock.move(days=6, hours=23)
    with runtime.context() as ctx:
        session_id = sign_in(ctx)
        told = len(mailer.letters)
        for _ in range(2):
            keep(ctx, leaver, session_id)
        assert {topics.page_of("ada"), topics.sessions_of(leaver.id)} <= set(ctx.announced)
        assert sessions.current(ctx, session_id=session_id).username == "ada"
        factories.page(ctx, username="ada")
        deliver(ctx)
        assert [letter.subject for letter in mailer.letters[told:]] == [
            "Your anonmsg account stays"
        ]
    clock.move(days=30)
    erase_due(runtime)
    assert [count(runtime, table) for table in (Person, Message)] == [1, 1]


def test_leaving_as_planned_signs_out_everywhere_and_moves_no_date(
    runtime: Runtime, leaver: Person, clock: Clock, mailer: FakeMailer
) -> None:
    told = len(mailer.letters)
    with runtime.context() as ctx:
        planned = leaves_at(ctx)
    clock.move(days=3)
    with runtime.context() as ctx:
        here, elsewhere = sign_in(ctx), sign_in(ctx)
        assert [leave(ctx, leaver, here)] == planned == leaves_at(ctx)
        for session_id in (here, elsewhere):
            with pytest.raises(NotSignedIn):
                sessions.anyone(ctx, session_id=session_id)
            ended = deletions.leaves_at_of_ended(ctx, session_id=session_id)
            assert [ended] == planned
        for choose in (keep, leave):
            with pytest.raises(NotSignedIn):
                choose(ctx, leaver, here)
        deliver(ctx)
    assert len(mailer.letters) == told


def test_only_a_session_that_the_deletion_ended_says_when(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        ada = factories.person(ctx)
        factories.person(ctx, "eve")
        ended, alive, eves = sign_in(ctx), sign_in(ctx), sign_in(ctx, "eve")
        sessions.sign_out(ctx, session_id=ended)
        for session_id in (ended, alive, eves, "", "never was"):
            assert deletions.leaves_at_of_ended(ctx, session_id=session_id) is None
    clock.move(seconds=1)
    with runtime.context() as ctx:
        schedule(ctx, ada, alive)
        assert deletions.leaves_at_of_ended(ctx, session_id=alive) is not None
        for session_id in (ended, eves):
            assert deletions.leaves_at_of_ended(ctx, session_id=session_id) is None


def test_nobody_decides_for_somebody_else(runtime: Runtime, leaver: Person) -> None:
    with runtime.context() as ctx:
        factories.person(ctx, "eve")
        eves = sign_in(ctx, "eve")
        for choose in (keep, leave):
            with pytest.raises(NotSignedIn):
                choose(ctx, leaver, eves)
        assert sorted(each is None for each in leaves_at(ctx)) == [False, True]


def test_confirming_what_was_called_off_is_refused(runtime: Runtime, leaver: Person) -> None:
    with runtime.context() as ctx:
        one, two = sign_in(ctx), sign_in(ctx)
        keep(ctx, leaver, one)
        with pytest.raises(AccountKept):
            leave(ctx, leaver, two)
        assert sessions.current(ctx, session_id=two).username == "ada"
        assert leaves_at(ctx) == [None]


def test_two_tabs_that_choose_at_once_end_in_one_of_the_two(
    runtime: Runtime, leaver: Person
) -> None:
    with runtime.context() as ctx:
        session_ids = [sign_in(ctx) for _ in range(6)]

    def choose(ctx: Context, number: int) -> str:
        (leave if number % 2 else keep)(ctx, leaver, session_ids[number])
        return "left" if number % 2 else "kept"

    outcomes = contexts_at_once(runtime, 6, choose)
    with runtime.context() as ctx:
        is_kept = leaves_at(ctx) == [None]
    if is_kept:
        assert (outcomes.count("kept"), named(outcomes, AccountKept)) == (3, 3)
    else:
        assert (outcomes.count("left"), named(outcomes, NotSignedIn)) == (1, 5)


def test_the_account_lives_a_week_to_the_second(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        schedule(ctx, factories.person(ctx), sign_in(ctx))
        factories.person(ctx, "grace")
    clock.move(days=7, seconds=-1)
    erase_due(runtime)
    assert count(runtime, Person) == 2
    clock.move(seconds=1)
    with runtime.context() as ctx:
        deletions.erase_due(ctx)
        assert len(ctx.announced) == 2
        assert leaves_at(ctx) == [None]
        factories.page(ctx, username="grace")
        with pytest.raises(UserNotFound):
            sign_in(ctx)


def a_full_life(ctx: Context) -> Person:
    """An account with data in every place that can hold any."""
    asked = {"username": NAME, "email": ADDRESS, "password": PASSWORD, "network": NETWORK}
    browser = sign_ups.sign_up(ctx, **asked)
    deliver(ctx)
    (mail,) = (ctx.settings.data_dir / "outbox").glob("*.eml")
    code = re.search(r"^Subject: (\d{6})", mail.read_text(), re.MULTILINE)
    assert code is not None
    verifications.by_code(ctx, browser=browser, code=code[1], network=NETWORK)
    with ctx.reading() as db:
        person = db.exec(select(Person).where(Person.email == ADDRESS)).one()
    for number in range(300):
        factories.send(ctx, username=NAME, content=f"{SENTENCE} {number}", network=f"n{number}")
    with ctx.writing() as db:
        db.add(
            HeldUsername(username_key="zyx_quorra_before", person_id=person.id, held_until=ctx.now)
        )
        db.add(RecoveryCode(person_id=person.id, digest="d"))
        new = Email(f"new.{ADDRESS}", f"new.{ADDRESS}")
        lives = timedelta(days=7)
        mailed_links.make(ctx, Purpose.CONFIRM_EMAIL, person_id=person.id, lives=lives, email=new)
        outbox.post(ctx, Letter(new.address, "Hello", f"Hello {NAME}", f"<p>{NAME}</p>"))
    return person


def files_with(folder: Path, *words: str) -> dict[str, list[str]]:
    """Which files in a folder contain which of the words, byte for byte."""
    found = {}
    for file in folder.rglob("*"):
        kept = file.read_bytes().lower() if file.is_file() else b""
        if held := [word for word in words if word.lower().encode() in kept]:
            found[file.name] = held
    return found


@pytest.mark.sqlite_only
def test_not_a_byte_of_who_was_erased_is_left_on_disk(
    runtime: Runtime, settings: Settings, clock: Clock
) -> None:
    runtime.mailer = mailer_from(settings)
    assert isinstance(runtime.mailer, OutboxFolder)
    with runtime.context() as ctx:
        grace = factories.person(ctx, "grace")
        factories.messages(ctx, grace, "what grace was told")
        person = a_full_life(ctx)
        schedule(ctx, person, sign_in(ctx, NAME))
        outbox.post(ctx, Letter(grace.email, "Hello", "Hello grace", "<p>Hello grace</p>"))
        ctx.db.commit()
        deliver(ctx)
    held = {word for words in files_with(settings.data_dir, *PLANTED).values() for word in words}
    assert held == set(PLANTED)
    with runtime.context() as ctx, ctx.reading() as db:
        rows = db.exec(select(Message.person_id, Message.sealed, Message.id)).all()
        keys = dict(db.exec(select(InboxKey.person_id, InboxKey.sealed)).all())
    clock.move(days=7)
    erase_due(runtime)
    assert files_with(settings.data_dir, *PLANTED) == {}
    assert files_with(settings.data_dir, SENTENCE, "what grace was told") == {}
    on_disk = b"".join(file.read_bytes() for file in settings.data_dir.glob("anonmsg.db*"))
    for owner_id, sealed, message_id in rows:
        is_grace = owner_id == grace.id
        assert (sealed in on_disk, message_id.encode() in on_disk) == (is_grace, is_grace)
    assert (keys[person.id] in on_disk, keys[grace.id] in on_disk) == (False, True)
    assert len(list((settings.data_dir / "outbox").iterdir())) == 1
    for table in (MailedLink, RecoveryCode, SignInSession, SignUp):
        assert count(runtime, table) == 0


def test_a_mail_that_waits_for_who_was_erased_is_never_sent(
    runtime: Runtime, ctx: Context, mailer: FakeMailer
) -> None:
    ada, grace = factories.person(ctx), factories.person(ctx, "grace")
    with ctx.writing():
        for to in (ada.email, "ADA@example.com", grace.email):
            outbox.post(ctx, Letter(to, "Hello", "Hello", "<p>Hello</p>"))
    deletions.erase(ctx, person_id=ada.id)
    deliver(ctx)
    assert [letter.to for letter in mailer.letters] == [grace.email]


def test_what_went_to_a_mistyped_or_an_earlier_address_is_gone_too(
    runtime: Runtime, settings: Settings, clock: Clock
) -> None:
    runtime.mailer = OutboxFolder(settings.data_dir / "outbox", settings.mail_from, clock=clock)
    with runtime.context() as ctx:
        asked = {"username": NAME, "password": PASSWORD, "network": NETWORK}
        first = sign_ups.sign_up(ctx, **asked, email="mistyped@exmaple.com")
        deliver(ctx)
        sign_ups.sign_up(ctx, **asked, email=ADDRESS, browser=first)
        deliver(ctx)
        person = factories.person(ctx, "trillian")
        outbox_of_before = Letter("earlier@example.org", "Hello", f"Hello {NAME}", f"<p>{NAME}</p>")
        with ctx.writing():
            outbox.post(ctx, outbox_of_before)
        deliver(ctx)
    assert files_with(settings.data_dir / "outbox", NAME)
    clock.move(minutes=1)
    with runtime.context() as ctx:
        schedule(ctx, person, sign_in(ctx, "trillian"))
        deliver(ctx)
    for _ in range(7):
        clock.move(days=1)
        with runtime.context() as ctx:
            purges.purge(ctx)
            deletions.erase_due(ctx)
    assert files_with(settings.data_dir, NAME, "trillian", "exmaple", "earlier@") == {}


class Slow(OutboxFolder):
    """Writes an email so slowly that its recipient is erased in the meantime."""

    def __init__(self, runtime: Runtime, person_id: str) -> None:
        super().__init__(runtime.settings.data_dir / "outbox", "anonmsg <no-reply@localhost>")
        self._runtime, self._person_id = runtime, person_id

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        with self._runtime.context() as ctx:
            deletions.erase(ctx, person_id=self._person_id)
        super().deliver(letter, idempotency_key=idempotency_key)


def test_a_mail_that_is_being_handed_over_is_taken_back(runtime: Runtime, ctx: Context) -> None:
    ada, grace = factories.person(ctx), factories.person(ctx, "grace")
    with ctx.writing():
        for to in (ada.email, grace.email):
            outbox.post(ctx, Letter(to, "Hello", "Hello", "<p>Hello</p>"))
    runtime.mailer = Slow(runtime, ada.id)
    with runtime.context() as sender:
        deliver(sender)
    [left] = (runtime.settings.data_dir / "outbox").glob("*")
    assert grace.email in left.read_text()


def test_the_sign_ups_of_the_same_address_or_name_go_too(runtime: Runtime, ctx: Context) -> None:
    browser = factories.sign_up(ctx, "other_name", email="ADA@example.com")
    ada = factories.person(ctx)
    deletions.erase(ctx, person_id=ada.id)
    assert [count(runtime, table) for table in (SignUp, HeldUsername, Person)] == [0, 0, 0]
    with ctx.reading():
        assert sign_ups.of_browser(ctx, browser) is None
    factories.sign_up(ctx, "ada")


def test_erasing_nobody_is_no_error(runtime: Runtime, ctx: Context) -> None:
    ada = factories.person(ctx)
    deletions.erase(ctx, person_id="nobody")
    assert count(runtime, Person) == 1
    deletions.erase(ctx, person_id=ada.id)
    deletions.erase(ctx, person_id=ada.id)
    assert count(runtime, Person) == 0


def test_several_workers_erase_at_once(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        for number in range(6):
            leaver = factories.person(ctx, f"leaver{number}")
            factories.messages(ctx, leaver, SENTENCE)
            with ctx.writing() as db:
                db.exec(update(Person).where(col(Person.id) == leaver.id).values(leaves_at=ctx.now))
        factories.messages(ctx, factories.person(ctx), SENTENCE)
    outcomes = contexts_at_once(runtime, 4, lambda each, _: deletions.erase_due(each))
    assert outcomes == [None] * 4
    assert [count(runtime, table) for table in (Person, HeldUsername, Message)] == [1, 1, 1]


@pytest.mark.parametrize("attempt", range(5))
def test_whoever_keeps_it_while_the_week_ends_stays_or_is_refused(
    runtime: Runtime, leaver: Person, clock: Clock, attempt: int
) -> None:
    clock.move(days=7, seconds=-1)
    with runtime.context() as ctx:
        session_id = sign_in(ctx)
    clock.move(seconds=1)

    def one(ctx: Context, number: int) -> str:
        first = (number + attempt) % 2
        return str(keep(ctx, leaver, session_id) if first else deletions.erase_due(ctx))

    outcomes = contexts_at_once(runtime, 2, one)
    was_kept = named(outcomes, NotSignedIn) == 0
    assert count(runtime, Person) == count(runtime, Message) == was_kept
    with runtime.context() as ctx:
        deletions.erase_due(ctx)
        assert leaves_at(ctx) == [None] * was_kept


def test_whoever_came_back_after_they_were_found_is_not_erased(ctx: Context) -> None:
    ada = factories.person(ctx)
    deletions._erase(ctx, ada.id, col(Person.leaves_at) <= ctx.now)
    assert leaves_at(ctx) == [None]


def test_whoever_comes_back_while_another_is_erased_stays(runtime: Runtime, clock: Clock) -> None:
    names = ["ada", "grace"]
    with runtime.context() as ctx:
        for name in names:
            factories.person(ctx, name)
        with ctx.writing() as db:
            db.exec(update(Person).values(leaves_at=ctx.now))

    class ComesBack(list[str]):
        """Keeps the account of whoever is left when the first was erased."""

        def append(self, topic: str) -> None:
            super().append(topic)
            while names:
                with runtime.context() as other, suppress(UserNotFound):
                    session_id = sign_in(other, names.pop())
                    owner_id = sessions.anyone(other, session_id=session_id).owner_id
                    deletions.keep(other, owner_id=owner_id, session_id=session_id)

    with runtime.context() as ctx:
        ctx.announced = ComesBack()
        deletions.erase_due(ctx)
        assert leaves_at(ctx) == [None]
