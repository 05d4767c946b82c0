"""What `/readyz` asks the database: its tables, and whether emails leave."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from anonmsg.background import running
from anonmsg.database.revisions import UnknownRevision
from anonmsg.mail.letters import test_mail as letter_of_a_test
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import health, outbox
from tests.broken import locked
from tests.fakes import Clock, FakeMailer

LONG = timedelta(hours=1)


def post(ctx: Context) -> None:
    with ctx.writing():
        outbox.post(ctx, letter_of_a_test(to="ada@example.com", site="http://localhost"))


def write(ctx: Context, statement: str) -> None:
    with ctx.writing() as db:
        db.connection().execute(text(statement))


def test_tables_of_this_release_are_known(ctx: Context) -> None:
    health.expect_tables(ctx)
    write(ctx, "UPDATE alembic_version SET version_num = '0001'")
    health.expect_tables(ctx)


@pytest.mark.parametrize(
    "change",
    ["UPDATE alembic_version SET version_num = '9999_newer'", "DELETE FROM alembic_version"],
)
def test_tables_of_another_release_are_not(ctx: Context, change: str) -> None:
    write(ctx, change)
    with pytest.raises(UnknownRevision):
        health.expect_tables(ctx)


def test_a_database_that_does_not_answer_is_an_error(runtime: Runtime) -> None:
    with locked(runtime), runtime.context() as ctx, pytest.raises(OperationalError):
        health.expect_tables(ctx)


def test_the_backlog_is_what_waits(runtime: Runtime, clock: Clock, mailer: FakeMailer) -> None:
    none = timedelta(0)
    with runtime.context() as ctx:
        assert outbox.backlog(ctx) == outbox.Backlog(0, none, none)
        post(ctx)
    clock.move(seconds=30)
    with runtime.context() as ctx:
        post(ctx)
        half = timedelta(seconds=30)
        assert outbox.backlog(ctx) == outbox.Backlog(2, half, half)
    mailer.is_down = True
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
        # What was tried is old, but not overdue.
        assert outbox.backlog(ctx) == outbox.Backlog(2, half, none)
    mailer.is_down = False
    clock.move(seconds=10)
    with runtime.context() as ctx:
        while outbox.deliver_next(ctx):
            pass
        assert outbox.backlog(ctx) == outbox.Backlog(0, none, none)


def test_mail_is_stuck_if_it_is_overdue_and_nobody_tries(runtime: Runtime, clock: Clock) -> None:
    with runtime.context() as ctx:
        post(ctx)
        health.expect_mail_to_leave(ctx, idle=LONG)
    clock.move(minutes=5, seconds=1)
    with runtime.context() as ctx:
        # A mail service that takes its time is tried all the while.
        health.expect_mail_to_leave(ctx, idle=timedelta(minutes=4))
        with pytest.raises(health.MailStuck):
            health.expect_mail_to_leave(ctx, idle=LONG)


def test_a_mail_service_that_is_down_turns_nobody_away(
    runtime: Runtime, clock: Clock, mailer: FakeMailer
) -> None:
    mailer.is_down = True
    with runtime.context() as ctx:
        post(ctx)
    for _ in range(20):
        clock.move(minutes=11)
        with runtime.context() as ctx:
            assert outbox.deliver_next(ctx)
            assert outbox.backlog(ctx).oldest > timedelta(minutes=5)
            health.expect_mail_to_leave(ctx, idle=LONG)


async def test_a_process_is_ready_once_it_has_started(runtime: Runtime) -> None:
    assert await runtime.readiness.failing() == ("start",)
    async with running(runtime):
        assert set(runtime.readiness.parts) == {"database", "mail"}
        assert await runtime.readiness.failing() == ()


async def test_mail_that_nobody_sends_is_told(runtime: Runtime, clock: Clock) -> None:
    async with running(runtime):
        for task in asyncio.all_tasks():
            if "send_mail" in str(task.get_coro()):
                task.cancel()
        await asyncio.sleep(0)
        with runtime.context() as ctx:
            post(ctx)
        clock.move(minutes=6)
        runtime.mail_tried_at -= 360
        assert await runtime.readiness.failing() == ("mail",)
