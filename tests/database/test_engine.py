"""SQLite as anonmsg configures it: pragmas, transactions, migrations."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

import anonmsg
from anonmsg.database.engine import PRAGMAS, Database, reading, truncate_wal, writing
from anonmsg.database.tables import Counter, Message, Person, SendKey
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.inbox import moves, slices
from tests import factories
from tests.races import contexts_at_once, processes_at_once

MIGRATIONS = Path(anonmsg.__file__).parent / "database" / "migrations"
TABLES = {
    "people",
    "names",
    "sign_ups",
    "messages",
    "send_keys",
    "recovery_codes",
    "sign_ins",
    "mailed_links",
    "mails",
    "counters",
}
TABLES |= {"facts", "erasures", "inboxes", "inbox_keys", "email_digests", "held_messages"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'new' / 'anonmsg.db'}")
    yield made
    made.close()


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def migrate(file: str) -> set[str]:
    database = Database(f"sqlite:///{file}")
    try:
        database.migrate()
        return tables_of(database)
    finally:
        database.close()


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("busy_timeout", 10000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
    ],
)
def test_every_pragma_is_really_set_on_every_connection(
    runtime: Runtime, pragma: str, value: object
) -> None:
    engine = runtime.database.engine
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_every_pragma_is_set_whatever_the_library_was_built_with(database: Database) -> None:
    said: list[str] = []
    connection = sqlite3.connect(":memory:")
    connection.set_trace_callback(said.append)
    database._prepare_sqlite(connection, None)
    connection.close()
    assert said == [f"PRAGMA {pragma}" for pragma in PRAGMAS]
    # Debian's library overwrites what is deleted anyway; another's may not.
    assert "PRAGMA secure_delete=ON" in said


def test_the_database_and_its_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = Database(f"sqlite:///{tmp_path / 'data' / 'anonmsg.db'}")
    finally:
        os.umask(before)
    assert made.file is not None
    assert made.file.parent.stat().st_mode & 0o777 == 0o700
    assert made.file.stat().st_mode & 0o777 == 0o600
    made.close()


def test_a_row_of_nobody_is_refused(ctx: Context) -> None:
    with pytest.raises(IntegrityError), ctx.writing() as db:
        db.add(Message(person_id="nobody", content="hello", sent_at=ctx.now))


@pytest.mark.sqlite_only
def test_a_writer_has_the_lock_before_it_reads(runtime: Runtime) -> None:
    file = runtime.database.file
    assert file is not None
    with runtime.context() as ctx, ctx.writing():
        other = sqlite3.connect(file, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_reader_takes_no_lock_from_writers(runtime: Runtime) -> None:
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(Counter)).all() == []
        with runtime.context() as other, other.writing() as writer:
            writer.add(Counter(key="k", count=1, resets_at=other.now))
        assert db.exec(select(Counter)).all() == []
    with runtime.context() as ctx, ctx.reading() as db:
        assert len(db.exec(select(Counter)).all()) == 1


def test_what_fails_within_a_transaction_leaves_no_trace(ctx: Context) -> None:
    with pytest.raises(ZeroDivisionError), ctx.writing() as db:  # noqa: PT012
        db.add(Counter(key="k", count=1, resets_at=ctx.now))
        db.flush()
        raise ZeroDivisionError
    with ctx.reading() as db:
        assert db.exec(select(Counter)).all() == []


def test_8_threads_that_read_and_then_write_lose_nothing(runtime: Runtime) -> None:
    with runtime.context() as ctx, ctx.writing() as db:
        db.add(Counter(key="k", count=0, resets_at=ctx.now))

    def increment(_ctx: Context, _number: int) -> None:
        with runtime.database.open() as opened:
            for _ in range(40):
                with writing(opened) as db:
                    row = db.exec(select(Counter)).one()
                    row.count += 1

    contexts_at_once(runtime, 8, increment)
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.exec(select(Counter)).one().count == 320


def test_a_time_is_read_back_as_it_was_in_utc(ctx: Context) -> None:
    lahore = timezone(timedelta(hours=5))
    at = datetime(2026, 3, 4, 17, 0, 0, 123456, tzinfo=lahore)
    with ctx.writing() as db:
        db.add(Counter(key="k", resets_at=at))
    with ctx.reading() as db:
        found = db.exec(select(Counter)).one().resets_at
    assert found == at
    assert found.tzinfo is UTC


def test_the_migrated_tables_are_those_of_the_models(runtime: Runtime) -> None:
    assert tables_of(runtime.database) == TABLES
    with runtime.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        connection.rollback()


def test_migrating_again_changes_nothing(runtime: Runtime, ctx: Context) -> None:
    person = factories.person(ctx)
    factories.messages(ctx, person, "hello")
    runtime.database.migrate()
    assert slices.inbox(ctx, owner_id=person.id).total == 1


def test_the_migrations_can_be_taken_back_and_applied_again(database: Database) -> None:
    database.migrate()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
    assert tables_of(database) == set()
    database.migrate()
    assert tables_of(database) == TABLES


def test_the_send_keys_of_an_earlier_release_stay(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        row = "INSERT INTO receipts (digest, expires_at) VALUES ('kept', '2026-03-04 12:00:00')"
        connection.exec_driver_sql(row)
        connection.commit()
    database.migrate()
    with database.open() as opened, reading(opened) as db:
        assert db.exec(select(SendKey.digest)).all() == ["kept"]


def test_finer_times_of_an_earlier_release_are_rounded(runtime: Runtime, ctx: Context) -> None:
    owner = factories.person(ctx)
    factories.messages(ctx, owner, "hello")
    with ctx.writing() as db:
        db.add(SendKey(digest="kept", expires_at=ctx.now))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with runtime.database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        connection.exec_driver_sql("UPDATE messages SET sent_at = '2026-03-04 12:34:56.789012'")
        connection.exec_driver_sql("UPDATE send_keys SET expires_at = '2026-03-04 23:59:59.9'")
        connection.commit()
    runtime.database.migrate()
    with ctx.reading() as db:
        assert db.exec(select(Message.sent_at)).one() == datetime(
            2026, 3, 4, 12, 34, 56, tzinfo=UTC
        )
        assert db.exec(select(SendKey.expires_at)).one() == datetime(2026, 3, 5, tzinfo=UTC)


def test_4_processes_migrate_at_once(tmp_path: Path) -> None:
    found = processes_at_once(4, migrate, str(tmp_path / "one" / "anonmsg.db"))
    assert found == [TABLES] * 4


@pytest.mark.sqlite_only
def test_a_deleted_message_is_not_left_in_the_file(runtime: Runtime, ctx: Context) -> None:
    person = factories.person(ctx)
    (message,) = factories.messages(ctx, person, "hello")
    with ctx.reading() as db:
        sealed = db.exec(select(Message.sealed)).one()
    assert sealed in bytes_after_a_checkpoint(runtime)
    moves.trash(ctx, owner_id=person.id, ids=message.id)
    moves.delete_forever(ctx, owner_id=person.id, ids=message.id)
    assert sealed not in bytes_after_a_checkpoint(runtime)


@pytest.mark.sqlite_only
def test_the_log_is_cut_to_nothing(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx)
    file = runtime.database.file
    assert file is not None
    log = file.with_name(f"{file.name}-wal")
    assert log.stat().st_size > 0
    assert truncate_wal(ctx.db) is True
    assert log.stat().st_size == 0
    with ctx.reading() as db:
        assert len(db.exec(select(Person)).all()) == 1


@pytest.mark.sqlite_only
def test_a_log_that_somebody_reads_is_said_not_to_be_cut(runtime: Runtime, ctx: Context) -> None:
    reader = sqlite3.connect(runtime.settings.data_dir / "anonmsg.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM people").fetchone()
    factories.person(ctx)
    with ctx.db.get_bind().engine.connect() as connection:
        connection.connection.execute("PRAGMA busy_timeout=50")
    assert truncate_wal(ctx.db) is False
    reader.close()
    assert truncate_wal(ctx.db) is True


def bytes_after_a_checkpoint(runtime: Runtime) -> bytes:
    with runtime.database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    file = runtime.database.file
    assert file is not None
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))


@pytest.mark.sqlite_only
def test_a_migration_waits_for_whoever_writes(tmp_path: Path) -> None:
    file = tmp_path / "anonmsg.db"
    database = Database(f"sqlite:///{file}")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE seen (it)")
        connection.commit()
    writing = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    writing.execute("BEGIN IMMEDIATE")
    writing.execute("INSERT INTO seen VALUES (1)")
    done = threading.Timer(0.3, writing.execute, ["COMMIT"])
    done.start()
    database.migrate()
    database.close()
    done.join()
    writing.close()
