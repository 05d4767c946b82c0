"""Whoever steals the database without the secrets reads no message and no note."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from anonmsg.config import load
from anonmsg.database.tables import InboxKey, Message, Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from anonmsg.services.accounts import deletions
from anonmsg.services.inbox import inbox_keys, moves, notes, slices
from tests import databases, factories

TEXT, NOTE = "the planted words of a message", "the planted words of a note"
PLANTED = (b"planted words", b"p\0l\0a\0n\0t\0e\0d", "planted words".encode("utf-16-be"))


def on_disk(runtime: Runtime, *, vacuumed: Path | None = None) -> bytes:
    """The database's files, before and after its log went into them, and a copy of them."""
    folder = runtime.settings.data_dir
    found = databases.at_rest(folder)
    if not databases.ON_POSTGRESQL and vacuumed is not None:
        with closing(sqlite3.connect(folder / "anonmsg.db", isolation_level=None)) as db:
            db.execute("VACUUM INTO ?", (str(vacuumed),))
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found += databases.at_rest(folder) + vacuumed.read_bytes()
    return found


def expect_nothing_planted(runtime: Runtime, copy: Path) -> None:
    found = on_disk(runtime, vacuumed=copy)
    copy.unlink(missing_ok=True)
    assert [each for each in PLANTED if each in found] == []


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def test_planted_words_are_nowhere_on_disk_before_and_after_deletion(
    runtime: Runtime, ctx: Context, ada: Person, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    for number in range(50):
        factories.send(ctx, username="ada", content=f"{TEXT} {number}", network=f"n{number}")
    found = slices.inbox(ctx, owner_id=ada.id).messages
    for each in found[:5]:
        notes.annotate(ctx, owner_id=ada.id, message_id=each.id, note=NOTE)
    assert slices.inbox(ctx, owner_id=ada.id).messages[0].note == NOTE
    expect_nothing_planted(runtime, copy)
    ids = [each.id for each in found]
    moves.trash(ctx, owner_id=ada.id, ids=ids)
    expect_nothing_planted(runtime, copy)
    moves.delete_forever(ctx, owner_id=ada.id, ids=ids)
    expect_nothing_planted(runtime, copy)
    deletions.erase(ctx, person_id=ada.id)
    expect_nothing_planted(runtime, copy)


def test_a_stolen_database_opens_nothing_without_its_secrets(
    runtime: Runtime, ctx: Context, ada: Person, tmp_path: Path
) -> None:
    factories.messages(ctx, ada, TEXT)
    with ctx.reading() as db:
        key = db.exec(select(InboxKey.sealed)).one()
        row = db.exec(select(Message.id, Message.sealed)).one()
    thief = Keyring.of(load(data_dir=tmp_path / "theirs"), cost=4)
    assert inbox_keys.opened(thief, key, owner_id=ada.id) is None
    mine = inbox_keys.opened(ctx.keyring, key, owner_id=ada.id)
    assert mine is not None
    assert row[1] is not None
    assert mine.open(row[1], message_id=row[0]) == TEXT


def test_a_key_that_is_gone_opens_nothing_even_with_the_secrets(
    runtime: Runtime, ctx: Context, ada: Person
) -> None:
    factories.messages(ctx, ada, TEXT)
    with ctx.writing() as db:
        inbox_keys.forget(ctx, person_id=ada.id)
        # Even if the same account got another key.
        db.add(inbox_keys._new(ctx, ada.id))
    (shown,) = slices.inbox(ctx, owner_id=ada.id).messages
    assert shown.content == "This message can't be opened. Its data was changed."
