"""What a process does from start to finish."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from anonmsg.background import SHUTDOWN_SECONDS, running
from anonmsg.config import BadSettings, Settings
from anonmsg.config.smtp import SmtpUrl
from anonmsg.database.engine import Database
from anonmsg.database.tables import HeldMessage, Mail, Message, Person, SendKey, SignUp
from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import SmtpServer
from anonmsg.runtime.hashing import Share
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from anonmsg.services import purge_clock
from anonmsg.services.accounts import sign_ups
from anonmsg.services.inbox import delivery_settings
from tests import factories
from tests.fakes import Clock, FakeMailer
from tests.smtp_stand_in import SmtpStandIn

Start = Callable[..., Runtime]
PLANTED = "what the mailer said about grace@example.com"


class StumblingMailer(FakeMailer):
    """Fails in an unexpected way until `failure` is cleared."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self.failure: Exception | None = failure

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        if self.failure:
            raise self.failure
        super().deliver(letter, idempotency_key=idempotency_key)


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Start]:
    """Create processes that haven't started yet, on one database without tables."""
    made = []

    def process(mailer: FakeMailer | None = None, *, pepper: str = "") -> Runtime:
        values = {"pepper": type(settings.pepper)(pepper)} if pepper else {}
        chosen = settings.model_copy(update=values)
        runtime = Runtime(
            chosen,
            Database(chosen.database),
            mailer or FakeMailer(),
            Keyring.of(chosen, cost=4),
            RateLimits(clock=clock.seconds),
            clock=clock,
        )
        made.append(runtime)
        return runtime

    yield process
    for runtime in made:
        runtime.close()


async def until(fact: Callable[[], object]) -> None:
    """Let the tasks run until something is true."""
    async with asyncio.timeout(5):
        while not fact():
            await asyncio.sleep(0.01)


def typed(username: str) -> dict[str, str]:
    """What someone signs up with."""
    email = f"{username}@example.com"
    others = {"password": factories.PASSWORD, "network": factories.NETWORK}
    return {"username": username, "email": email} | others


def grace_signs_up(runtime: Runtime, username: str = "grace") -> None:
    """Sign up without delivering the email."""
    with runtime.context() as ctx:
        sign_ups.sign_up(ctx, **typed(username))


def count(runtime: Runtime, table: type) -> int:
    """How many rows a table has."""
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(table)).all())


async def test_another_pepper_does_not_start_where_there_are_people(start: Start) -> None:
    first = start()
    async with running(first):
        with first.context() as ctx:
            factories.person(ctx)
    other = start(pepper=secrets.token_hex(32))
    with pytest.raises(BadSettings, match="PEPPER"):
        async with running(other):
            pytest.fail("it started")
    async with running(start()):
        pass


async def test_another_pepper_starts_where_there_is_nobody(start: Start) -> None:
    pepper = secrets.token_hex(32)
    async with running(start()):
        pass
    second = start(pepper=pepper)
    async with running(second):
        with second.context() as ctx:
            factories.person(ctx)
    async with running(start(pepper=pepper)):
        pass
    with pytest.raises(BadSettings):
        async with running(start()):
            pytest.fail("it started")


async def test_a_mail_sealed_under_another_pepper_holds_up_no_other(start: Start) -> None:
    first = start(FakeMailer(is_down=True))
    async with running(first):
        grace_signs_up(first)
    mailer = FakeMailer()
    second = start(mailer, pepper=secrets.token_hex(32))
    async with running(second):
        grace_signs_up(second, "hedy")
        await until(lambda: mailer.letters)
    assert [letter.to for letter in mailer.letters] == ["hedy@example.com"]


async def test_a_fresh_database_gets_its_tables(start: Start) -> None:
    runtime = start()
    async with running(runtime):
        assert count(runtime, Person) == 0


async def test_mail_that_waited_for_the_start_is_sent(start: Start) -> None:
    before = start()
    before.database.migrate()
    grace_signs_up(before)
    mailer = FakeMailer()
    async with running(start(mailer)):
        await until(lambda: mailer.letters)
    assert [letter.to for letter in mailer.letters] == ["grace@example.com"]


async def test_mail_is_sent_as_it_comes(start: Start) -> None:
    mailer = FakeMailer()
    runtime = start(mailer)
    async with running(runtime):
        for number, name in enumerate(("grace", "hedy"), 1):
            await runtime.run_hashing(sign_ups.sign_up, Share.of_network("n"), **typed(name))
            await until(lambda expected=number: len(mailer.letters) == expected)
    assert len(set(mailer.keys)) == 2


async def test_mail_goes_on_after_the_service_was_down(start: Start, clock: Clock) -> None:
    mailer = FakeMailer(is_down=True)
    runtime = start(mailer)

    def tries() -> int:
        with runtime.context() as ctx, ctx.reading() as db:
            return db.exec(select(Mail.tries)).one()

    async with running(runtime):
        grace_signs_up(runtime)
        await until(lambda: tries() == 1)
        assert mailer.letters == []
        mailer.is_down = False
        clock.move(seconds=5)
        await until(lambda: mailer.letters)
        await until(lambda: count_sealed(runtime) == 0)


def count_sealed(runtime: Runtime) -> int:
    """How many emails still hold their contents."""
    with runtime.context() as ctx, ctx.reading() as db:
        return len(db.exec(select(Mail.id).where(col(Mail.sealed).is_not(None))).all())


@pytest.mark.parametrize("failure", [ZeroDivisionError, ValueError, OSError])
async def test_mail_goes_on_after_a_mailer_that_fails_unforeseen(
    start: Start, clock: Clock, caplog: pytest.LogCaptureFixture, failure: type[Exception]
) -> None:
    mailer = StumblingMailer(failure(PLANTED))
    runtime = start(mailer)
    async with running(runtime):
        grace_signs_up(runtime)
        await until(lambda: caplog.records)
        mailer.failure = None
        clock.move(minutes=2)
        await until(lambda: mailer.letters)
    assert len(mailer.letters) == 1
    assert PLANTED not in caplog.text
    assert "Traceback" not in caplog.text


async def test_what_is_over_is_purged_at_the_start(start: Start, clock: Clock) -> None:
    before = start()
    before.database.migrate()
    grace_signs_up(before)
    with before.context() as ctx, ctx.writing() as db:
        for name, hours in (("old", 1), ("young", 48)):
            db.add(SendKey(digest=name, expires_at=ctx.now + timedelta(hours=hours)))
    clock.move(hours=24)
    runtime = start()
    async with running(runtime):
        await until(lambda: count(runtime, SignUp) == 0)
        assert count(runtime, SendKey) == 1


async def test_whoever_left_a_week_ago_is_erased_at_the_start(start: Start, clock: Clock) -> None:
    before = start()
    async with running(before):
        with before.context() as ctx:
            for name, days in (("ada", 7), ("grace", 8)):
                leaver = col(Person.id) == factories.person(ctx, name).id
                leaves_at = ctx.now + timedelta(days=days)
                with ctx.writing() as db:
                    db.exec(update(Person).where(leaver).values(leaves_at=leaves_at))
    clock.move(days=7)
    runtime = start()
    with runtime.context() as ctx:
        # Nobody purged for a week, so that this would wait.
        purge_clock.trust(ctx)
    async with running(runtime):
        await until(lambda: count(runtime, Person) == 1)
        with runtime.context() as ctx, ctx.reading() as db:
            assert db.exec(select(Person.username)).all() == ["grace"]


async def test_what_fell_due_while_nobody_was_there_is_delivered_at_the_start(
    start: Start, clock: Clock
) -> None:
    first = start()
    async with running(first):
        with first.context() as ctx:
            ada = factories.person(ctx)
            delivery_settings.choose_delivery(
                ctx, owner_id=ada.id, mode="daily", hour=20, holds=False
            )
            factories.send(ctx, username="ada", content="waits for the evening")
    clock.move(hours=12)
    second = start()
    async with running(second):
        await until(lambda: count(second, Message) == 1)
        assert count(second, HeldMessage) == 0
        with second.context() as ctx:
            assert factories.stored(ctx) == ["waits for the evening"]


async def test_it_ends_cleanly(start: Start) -> None:
    runtime = start()
    async with running(runtime):
        # This one, and those that send email, purge, keep hours and, until it's done, seal.
        assert len(asyncio.all_tasks()) in (4, 5)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(RuntimeError):
        await runtime.run(lambda _ctx: None)


async def test_it_ends_cleanly_when_what_runs_fails(start: Start) -> None:
    runtime = start()
    with pytest.raises(ZeroDivisionError):
        async with running(runtime):
            raise ZeroDivisionError
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def server() -> Iterator[SmtpStandIn]:
    with SmtpStandIn() as made:
        yield made


@pytest.mark.parametrize("habit", ["hang", "trickle"])
async def test_a_mail_server_that_takes_its_time_does_not_hold_up_the_end(
    start: Start, clock: Clock, server: SmtpStandIn, habit: str
) -> None:
    server.answers = {"RCPT": habit}
    runtime = start()
    runtime.mailer = SmtpServer(
        SmtpUrl("127.0.0.1", server.port, "none"), "anonmsg <no-reply@anonmsg.example>"
    )
    async with running(runtime):
        grace_signs_up(runtime)
        await until(lambda: server.encrypted)
        ended_at = time.monotonic()
    assert time.monotonic() - ended_at < SHUTDOWN_SECONDS
    mailer = FakeMailer()
    clock.move(seconds=5)
    async with running(start(mailer)):
        await until(lambda: mailer.letters)
    assert [letter.to for letter in mailer.letters] == ["grace@example.com"]


ENDLESS = """
import asyncio, sys, time
from anonmsg import background
from anonmsg.config import load
from anonmsg.runtime.runtime import Runtime, use

async def main():
    runtime = Runtime.of(load(data_dir=sys.argv[1], public_url="http://localhost:3000"))
    use(runtime)
    background.SHUTDOWN_SECONDS = 0.5
    async with background.running_or_exit(runtime):
        stuck = asyncio.ensure_future(runtime.run(lambda ctx: time.sleep(600)))
        await asyncio.sleep(0.2)

asyncio.run(main())
"""


def test_a_thread_that_never_ends_does_not_keep_the_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDLESS, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.strip() == "Something was still going on 0 s after the end."
