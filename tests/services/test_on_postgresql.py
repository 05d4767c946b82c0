"""What PostgreSQL answers otherwise than SQLite, whichever of them the other tests run on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlmodel import col, select

from anonmsg.config import Settings, load
from anonmsg.database import locks
from anonmsg.database.engine import Database
from anonmsg.database.tables import Mail, Person, SendKey
from anonmsg.errors import TooManyAttempts
from anonmsg.mail.letters import Letter
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import counters, outbox, purges
from anonmsg.services.accounts import page_lookup, sign_ups, verifications
from anonmsg.services.inbox import slices
from anonmsg.services.purge_clock import Ticks
from anonmsg.services.sessions import sign_ins
from tests import databases, factories
from tests.fakes import Clock, FakeMailer
from tests.races import contexts_at_once, named
from tests.without_lock import WithoutTheLock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation on PostgreSQL."""
    folder = tmp_path / "data"
    address = databases.on_postgresql(folder)
    return load(data_dir=folder, public_url="http://localhost:3000", database_url=address)


def test_somebody_signs_up_and_reads_a_message(ctx: Context, mailer: FakeMailer) -> None:
    browser = factories.sign_up(ctx, "ada")
    code = mailer.last_code()
    verifications.by_code(ctx, browser=browser, code=code, network="n")
    who = {"identifier": "ada", "password": factories.PASSWORD, "network": "n"}
    assert sign_ins.sign_in(ctx, **who).access
    for text in ("first", "second"):
        factories.send(ctx, username="ada", content=text, key=text)
    factories.send(ctx, username="ada", content="second", key="second")
    assert factories.page(ctx, username="ada").username == "ada"
    with ctx.reading() as db:
        owner_id = db.exec(select(Person.id)).one()
    assert slices.inbox(ctx, owner_id=owner_id).total == 2


def test_a_page_is_found_without_a_transaction_and_its_connection_is_as_before(
    settings: Settings, ctx: Context
) -> None:
    factories.person(ctx, "ada")
    database = Database(settings.database, connections=1)
    assert page_lookup.page(database.reader, ctx.now, "ada") == factories.page(ctx, username="ada")
    assert page_lookup.page(database.reader, ctx.now, "nobody") is None
    with pytest.raises(psycopg.ProgrammingError):
        database.reader.row(page_lookup.QUERY, {"key": "ada"})
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        assert not driver.autocommit
        assert driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    database.close()


def test_of_several_who_want_a_name_at_once_one_gets_it(runtime: Runtime) -> None:
    def sign_up(ctx: Context, number: int) -> str:
        her = {"email": f"{number}@example.com", "password": factories.PASSWORD}
        return sign_ups.sign_up(ctx, username="ada", network=f"n{number}", **her)

    outcomes = contexts_at_once(runtime, 6, sign_up)
    assert sum(isinstance(each, str) for each in outcomes) == 1


def test_a_count_ends_at_its_limit_at_once(runtime: Runtime) -> None:
    def spend(ctx: Context, _number: int) -> None:
        with ctx.writing():
            counters.spend(ctx, "guesses", limit=3, period=timedelta(minutes=15))

    outcomes = contexts_at_once(runtime, 8, spend)
    assert named(outcomes, TooManyAttempts) == 5


def test_a_mail_that_another_worker_claims_is_passed_over(
    runtime: Runtime, settings: Settings, mailer: FakeMailer, clock: Clock
) -> None:
    for name in ("first", "second"):
        with runtime.context() as ctx, ctx.writing():
            outbox.post(ctx, Letter(f"{name}@example.com", "Hello", "Hello", "<p>Hello</p>"))
        clock.move(seconds=1)
    first = select(Mail.id).order_by(col(Mail.due_at)).limit(1).with_for_update()
    other = WithoutTheLock(settings.database)
    try:
        with runtime.database.engine.connect() as connection, other.open() as opened:
            connection.execute(first)
            with runtime.context() as ctx:
                ctx.db = opened
                assert outbox.deliver_next(ctx)
                assert not outbox.deliver_next(ctx)
    finally:
        other.close()
    assert [letter.to for letter in mailer.letters] == ["second@example.com"]


def test_one_worker_at_a_time_purges(runtime: Runtime, ctx: Context, clock: Clock) -> None:
    def left() -> int:
        with runtime.context() as other, other.reading() as db:
            return len(db.exec(select(SendKey)).all())

    with ctx.writing() as db:
        db.add(SendKey(digest="over", expires_at=ctx.now))
    clock.move(seconds=1)
    with runtime.context() as busy, locks.alone(busy.db, locks.PURGING):
        with runtime.context() as other:
            purges.purge_if_trusted(other, ticks=Ticks())
        assert left() == 1
    with runtime.context() as other:
        purges.purge_if_trusted(other, ticks=Ticks())
    assert left() == 0


def test_a_connection_that_the_server_has_ended_is_replaced(
    runtime: Runtime, settings: Settings
) -> None:
    with runtime.context() as ctx:
        factories.person(ctx)
        factories.page(ctx, username="ada")
    name = settings.database.rpartition("/")[2]
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with databases.server().superuser() as connection:
        assert connection.execute(end, [name]).fetchall()
    with runtime.context() as ctx:
        factories.send(ctx, username="ada", content="hello")
        assert factories.page(ctx, username="ada").username == "ada"
