"""A database file that is removed or replaced under a server acknowledges nothing more."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from anonmsg.database.open_file import DatabaseReplaced
from anonmsg.database.tables import Message, Person
from anonmsg.runtime.runtime import Runtime
from tests import factories

pytestmark = pytest.mark.sqlite_only
SECONDS = 60


@pytest.fixture
def file(runtime: Runtime) -> Path:
    """The database's file, with someone who gets a message."""
    with runtime.context() as ctx:
        factories.person(ctx)
        factories.send(ctx, username="ada", content="before")
    assert runtime.database.file is not None
    return runtime.database.file


def remove(file: Path) -> None:
    file.unlink()


def move_away(file: Path) -> None:
    file.rename(file.with_suffix(".old"))


def restore(file: Path) -> None:
    copy = file.with_suffix(".backup")
    shutil.copy(file, copy)
    copy.replace(file)


def restore_elsewhere(file: Path) -> None:
    move_away(file)
    shutil.copy(file.with_suffix(".old"), file)


HABITS = [remove, move_away, restore, restore_elsewhere]


@pytest.mark.parametrize("habit", HABITS)
def test_a_message_into_a_file_that_is_gone_is_not_acknowledged(
    runtime: Runtime, file: Path, habit: Callable[[Path], None]
) -> None:
    told: list[str] = []
    runtime.database.when_replaced = told.append
    habit(file)
    with runtime.context() as ctx, pytest.raises(DatabaseReplaced):
        factories.send(ctx, username="ada", content="into nowhere")
    [sentence] = told
    assert f"The database file {file} was removed or replaced" in sentence


def test_a_new_connection_opens_no_other_file(runtime: Runtime, file: Path) -> None:
    restore(file)
    runtime.database.engine.dispose()
    with runtime.context() as ctx, pytest.raises(DatabaseReplaced), ctx.reading() as db:
        db.exec(select(Person)).all()


def test_a_file_that_is_where_it_was_is_fine(runtime: Runtime, file: Path) -> None:
    runtime.database.when_replaced = pytest.fail
    file.touch()
    # A backup only reads it.
    shutil.copy(file, file.with_suffix(".backup"))
    with runtime.context() as ctx:
        factories.send(ctx, username="ada", content="after")
        runtime.database.engine.dispose()
        with ctx.reading() as db:
            assert len(db.exec(select(Message)).all()) == 2


SERVING = """
import asyncio, sys
from anonmsg import background
from anonmsg.config import load
from anonmsg.runtime.runtime import Runtime, use

async def main():
    runtime = Runtime.of(load(data_dir=sys.argv[1], public_url="http://localhost:3000"))
    use(runtime)
    async with background.running_or_exit(runtime):
        await asyncio.sleep(0.5)
        runtime.database.file.rename(sys.argv[1] + "/moved.db")
        await asyncio.sleep(30)
        print("It went on.")

asyncio.run(main())
"""


def test_a_server_says_so_and_stops_by_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVING, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = {*done.stderr.strip().splitlines()}
    assert sentence.startswith("The database file ")
    assert sentence.endswith(" start anonmsg again.")
