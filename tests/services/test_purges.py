"""Temporary data is deleted when its time is up, and not before."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import SQLModel, select

from anonmsg.database.tables import (
    Counter,
    HeldUsername,
    Mail,
    MailedLink,
    Message,
    Person,
    SendKey,
    SignInSession,
    SignUp,
)
from anonmsg.mail.letters import Letter
from anonmsg.mail.outbox_folder import OutboxFolder
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import counters, outbox, purges
from anonmsg.services.accounts import mailed_links, sign_ups
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.sessions import sessions, sign_ins
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once

SAMPLE = Letter("maya@example.com", "Hello", "Hello", "<p>Hello</p>")


def count(runtime: Runtime, table: type[SQLModel]) -> int:
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(table)).all())


def purge(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        purges.purge(ctx)


def still_there(runtime: Runtime, clock: Clock, table: type[SQLModel], lives: timedelta) -> None:
    """Check that rows exist a second before they expire, and are gone on time."""
    before = count(runtime, table)
    clock.now += lives - timedelta(seconds=1)
    purge(runtime)
    assert count(runtime, table) == before
    clock.move(seconds=1)
    purge(runtime)
    assert count(runtime, table) == 0


def test_a_sign_up_lives_a_day(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "ada")
    still_there(runtime, clock, SignUp, timedelta(hours=24))


def test_a_held_name_lives_as_long_as_its_code(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "ada")
    still_there(runtime, clock, HeldUsername, timedelta(minutes=15))


def test_a_given_up_name_is_held_as_long_as_it_leads_on(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        ada = factories.person(ctx)
        with ctx.writing() as db:
            lately = ctx.now + timedelta(days=30)
            db.add(HeldUsername(username_key="before", person_id=ada.id, held_until=lately))
    clock.move(days=29)
    purge(runtime)
    assert count(runtime, HeldUsername) == 2
    clock.move(days=1)
    purge(runtime)
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(HeldUsername.username_key)).all() == ["ada"]


def test_a_mailed_link_lives_its_time(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        ada = factories.person(ctx)
        with ctx.writing():
            lives = timedelta(minutes=30)
            mailed_links.make(ctx, Purpose.RESET, person_id=ada.id, lives=lives)
    still_there(runtime, clock, MailedLink, timedelta(minutes=30))


def test_a_send_key_lives_a_day(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        factories.person(ctx)
        factories.send(ctx, username="ada", content="hello", key="k", network="n")
    still_there(runtime, clock, SendKey, timedelta(hours=24))


def test_a_count_lives_until_it_starts_anew(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx, ctx.writing():
        counters.spend(ctx, "k", limit=1, period=timedelta(minutes=7))
    still_there(runtime, clock, Counter, timedelta(minutes=7))


def test_a_sign_in_lives_7_days(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        factories.person(ctx)
        sign_ins.sign_in(ctx, identifier="ada", password=factories.PASSWORD, network="n")
    still_there(runtime, clock, SignInSession, timedelta(days=7))


def test_a_sign_in_that_was_ended_goes_at_once(runtime: Runtime) -> None:
    with runtime.context() as ctx:
        factories.person(ctx)
        for _ in range(2):
            pair = sign_ins.sign_in(ctx, identifier="ada", password=factories.PASSWORD, network="n")
        session_id = runtime.keyring.tokens.read_access(pair.access, now=ctx.now)
        sessions.sign_out(ctx, session_id=session_id)
    purge(runtime)
    assert count(runtime, SignInSession) == 1


def test_a_mail_that_was_sent_is_known_a_week(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "ada")
    still_there(runtime, clock, Mail, timedelta(days=7))


def test_a_mail_that_still_waits_stays(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx, ctx.writing():
        outbox.post(ctx, SAMPLE)
        outbox.post_decoy(ctx, SAMPLE)
    clock.move(days=8)
    purge(runtime)
    with runtime.context() as ctx, ctx.reading() as db:
        assert [each.sealed is not None for each in db.exec(select(Mail)).all()] == [True]


def test_a_mail_in_the_folder_is_known_a_week(runtime: Runtime, clock: Clock) -> None:
    outbox_folder = runtime.settings.data_dir / "outbox"
    folder = OutboxFolder(outbox_folder, "anonmsg@example.com", clock=clock)
    folder.deliver(SAMPLE, idempotency_key="one")
    assert len(list(outbox_folder.glob("*.eml"))) == 1
    for days, left in ((6, 1), (2, 0)):
        clock.move(days=days)
        purge(runtime)
        assert len(list(outbox_folder.glob("*.eml"))) == left


def test_no_code_is_mailed_for_a_sign_up_that_is_gone(
    runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    with runtime.context() as ctx:
        browser = factories.sign_up(ctx, "ada")
    clock.move(hours=23)
    mailer.is_down = True
    with runtime.context() as ctx:
        sign_ups.resend(ctx, browser=browser)
        outbox.deliver_next(ctx)
    clock.move(hours=1)
    purge(runtime)
    mailer.is_down = False
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass
    assert len(mailer.letters) == 1


def test_people_their_names_and_their_messages_stay(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        factories.messages(ctx, factories.person(ctx), "hello")
    clock.move(days=5000)
    purge(runtime)
    assert [count(runtime, table) for table in (Person, HeldUsername, Message)] == [1, 1, 1]


def test_several_purge_at_once(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "ada")
    clock.move(days=30)
    assert contexts_at_once(runtime, 8, lambda ctx, _: purges.purge(ctx)) == [None] * 8
    assert [count(runtime, table) for table in (SignUp, HeldUsername, Mail)] == [0, 0, 0]
