"""Messages from before they were sealed: read as they are, and sealed, wherever it stopped."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlmodel import col, select, update

import anonmsg
from anonmsg import background
from anonmsg.database.tables import Message, Person
from anonmsg.public import FolderCounts
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import peppers
from anonmsg.services.inbox import folders, sealing, slices
from tests import databases, factories
from tests.races import contexts_at_once

ROOT = Path(anonmsg.__file__).parent.parent
MIGRATIONS = ROOT / "anonmsg" / "database" / "migrations"
DIES = """
import os, signal, sys
from pathlib import Path
from anonmsg.config import load
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.inbox import sealing

runtime = Runtime.of(load(data_dir=Path(sys.argv[1])))
after = ("", "")
with runtime.context() as ctx:
    for batch in range(5):
        after = sealing.seal_next(ctx, after=after).after
    if sys.argv[2] == "within a batch":
        real = ctx.db.commit
        ctx.db.commit = lambda: os.kill(os.getpid(), signal.SIGKILL)
        sealing.seal_next(ctx, after=after)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def downgrade(runtime: Runtime, revision: str = "0007") -> None:
    """Take the tables back to an earlier release; the messages' texts are gone then."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with runtime.database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def of_before(runtime: Runtime, ctx: Context, owner: Person, *texts: str) -> None:
    """Put messages into a database of the release before, then start this one."""
    factories.messages(ctx, owner, *texts)
    with ctx.reading() as db:
        ids = db.exec(
            select(Message.id).where(Message.person_id == owner.id).order_by(col(Message.sent_at))
        ).all()
    downgrade(runtime)
    with runtime.database.engine.connect() as connection:
        for each, text in zip(ids, texts, strict=True):
            connection.exec_driver_sql(
                f"UPDATE messages SET content = '{text}' WHERE id = '{each}'"  # noqa: S608
            )
        connection.commit()
    runtime.database.migrate()
    peppers.renew(ctx)


def texts_of(ctx: Context, owner: Person) -> list[str]:
    return [each.content for each in slices.inbox(ctx, owner_id=owner.id).messages]


def seal_all(ctx: Context) -> int:
    sealed, batch = 0, sealing.seal_next(ctx)
    while True:
        sealed += batch.sealed
        if batch.is_last:
            return sealed
        batch = sealing.seal_next(ctx, after=batch.after)


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def test_messages_of_before_are_read_before_and_after_they_are_sealed(
    runtime: Runtime, ctx: Context, ada: Person
) -> None:
    of_before(runtime, ctx, ada, "one", "two", "three")
    factories.send(ctx, username="ada", content="sealed at once")
    both = {"one", "two", "three", "sealed at once"}
    assert set(texts_of(ctx, ada)) == both
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(inbox=4, inbox_unread=1)
    assert sealing.left(ctx) == 3
    assert seal_all(ctx) == 3
    assert sealing.left(ctx) == 0
    assert set(texts_of(ctx, ada)) == both
    assert folders.counts(ctx, owner_id=ada.id) == FolderCounts(inbox=4, inbox_unread=1)
    assert seal_all(ctx) == 0


def test_several_processes_seal_at_once_and_each_message_once(
    runtime: Runtime, ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_IN_ORDER", sealing._IN_ORDER.limit(7))
    monkeypatch.setattr(sealing, "BATCH", 7)
    of_before(runtime, ctx, ada, *(f"m{n}" for n in range(60)))
    contexts_at_once(runtime, 4, lambda each, _: seal_all(each))
    assert sealing.left(ctx) == 0
    assert sorted(factories.stored(ctx)) == sorted(f"m{n}" for n in range(60))


def test_a_message_without_a_key_holds_up_no_other(
    runtime: Runtime, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_IN_ORDER", sealing._IN_ORDER.limit(2))
    monkeypatch.setattr(sealing, "BATCH", 2)
    people = [factories.person(ctx, f"p{n}") for n in range(6)]
    with ctx.writing() as db:
        for owner in people:
            db.add(Message(person_id=owner.id, content="clear", sent_at=ctx.now))
        first = sorted(each.id for each in people)[:3]
        db.connection().exec_driver_sql(
            f"DELETE FROM inbox_keys WHERE person_id IN {tuple(first)}"  # noqa: S608
        )
    assert seal_all(ctx) == 3
    assert sealing.left(ctx) == 3


def test_what_changed_since_it_was_read_is_not_sealed_over(ctx: Context, ada: Person) -> None:
    with ctx.writing() as db:
        db.add(Message(id="m", person_id=ada.id, content="clear", sent_at=ctx.now))
    stale = [{"of": "m", "clear": "another", "made": b"x"}]
    with ctx.writing() as db:
        db.connection().execute(sealing._SEAL, stale)
    assert texts_of(ctx, ada) == ["clear"]


@pytest.mark.parametrize("when", ["between two batches", "within a batch"])
def test_a_process_killed_in_the_middle_loses_nothing_and_the_next_goes_on(
    runtime: Runtime, ctx: Context, ada: Person, when: str
) -> None:
    texts = [f"planted {n}" for n in range(10_000)]
    of_before(runtime, ctx, ada, *texts)
    ended = subprocess.run(
        [sys.executable, "-c", DIES, str(runtime.settings.data_dir), when],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
        env={**databases.env(runtime.settings.data_dir)},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert sealing.left(ctx) == 9_000
    assert sorted(factories.stored(ctx)) == sorted(texts)
    assert seal_all(ctx) == 9_000
    assert sorted(factories.stored(ctx)) == sorted(texts)


@pytest.mark.sqlite_only
async def test_the_server_seals_while_it_runs_and_leaves_nothing_on_disk(
    runtime: Runtime, ctx: Context, ada: Person
) -> None:
    of_before(runtime, ctx, ada, *(f"planted {n}" for n in range(500)))
    assert b"planted" in databases.at_rest(runtime.settings.data_dir)
    ctx.db.close()
    await asyncio.wait_for(background.seal(runtime, rest=0), 60)
    with runtime.context() as later:
        assert sealing.left(later) == 0
        assert len(factories.stored(later)) == 500
    assert b"planted" not in databases.at_rest(runtime.settings.data_dir)


async def test_sealing_goes_on_after_a_failure(
    runtime: Runtime, ctx: Context, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_before(runtime, ctx, ada, "one", "two")
    real, failures = sealing.seal_next, iter([OSError("the disk is full")])

    def fails_once(ctx: Context, *, after: tuple[str, str]) -> sealing.Batch:
        if (failure := next(failures, None)) is not None:
            raise failure
        return real(ctx, after=after)

    monkeypatch.setattr(sealing, "seal_next", fails_once)
    await asyncio.wait_for(background.seal(runtime, rest=0, retry=0), 60)
    assert sealing.left(ctx) == 0


def test_a_message_that_somebody_changed_says_so_and_the_others_are_read(
    ctx: Context, ada: Person
) -> None:
    first, _ = factories.messages(ctx, ada, "one", "two")
    with ctx.writing() as db:
        db.exec(update(Message).where(col(Message.id) == first.id).values(sealed=b"\x01junk"))
    assert texts_of(ctx, ada) == ["two", "This message can't be opened. Its data was changed."]
