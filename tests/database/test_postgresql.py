"""PostgreSQL as anonmsg uses it: bounds, locks, snapshots, migrations. It's Debian's, and real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from psycopg.errors import LockNotAvailable, ReadOnlySqlTransaction
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from anonmsg.database import bounds, engine, locks, revisions
from anonmsg.database.constraints import duplicate_column
from anonmsg.database.engine import Database, reading, writing
from anonmsg.database.tables import Counter, Person
from tests import databases
from tests.races import at_once, processes_at_once

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LEVEL = "SHOW transaction_isolation"


@pytest.fixture
def address(tmp_path: Path) -> str:
    """The address of an empty, migrated database."""
    return databases.on_postgresql(tmp_path / "data")


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    made = Database(address)
    yield made
    made.close()


def opened(address: str, options: str) -> Database:
    """A database whose address has session settings of its own."""
    return Database(f"{address}?options={options}")


def counter(key: str = "k", count: int = 0) -> Counter:
    return Counter(key=key, count=count, resets_at=NOW)


def shown(db: Session | Connection, name: str) -> object:
    return db.execute(text(f"SHOW {name}")).scalar()


def test_every_connection_is_bounded(database: Database) -> None:
    with database.engine.connect() as one, database.engine.connect() as two:
        for connection in (one, two):
            found = {name: shown(connection, name) for name in bounds.SESSION}
            assert found == bounds.SESSION
            told = connection.connection.driver_connection.info.get_parameters()
            assert bounds.CONNECTION.items() <= told.items()


def test_what_the_address_says_itself_wins(address: str) -> None:
    options = "-c statement_timeout=1min -c application_name=mine"
    database = Database(f"{address}?options={options}&connect_timeout=9")
    with database.engine.connect() as connection:
        assert shown(connection, "statement_timeout") == "1min"
        assert shown(connection, "application_name") == "mine"
        assert shown(connection, "lock_timeout") == "5s"
        told = connection.connection.driver_connection.info.get_parameters()
        assert told["connect_timeout"] == "9"
    database.close()


def test_a_statement_that_takes_too_long_is_ended(address: str) -> None:
    database = opened(address, "-c statement_timeout=50ms")
    with database.engine.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT pg_sleep(20)"))
    database.close()


def test_a_locked_table_holds_nobody_for_long(address: str, database: Database) -> None:
    impatient = opened(address, "-c lock_timeout=50ms")
    with database.engine.connect() as holder, impatient.open() as other:
        holder.execute(text("LOCK TABLE counters"))
        with pytest.raises(OperationalError) as refused, reading(other) as db:
            db.exec(select(Counter)).all()
    assert isinstance(refused.value.orig, LockNotAvailable)
    impatient.close()


def test_no_more_connections_than_set_are_opened(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CONNECTION_WITHIN", 0.05)
    database = Database(address, connections=2)
    with database.engine.connect(), database.engine.connect(), pytest.raises(PoolTimeout):
        database.engine.connect()
    database.close()


def test_a_writer_has_the_lock_before_it_reads(database: Database) -> None:
    asked = text("SELECT pg_try_advisory_xact_lock(:key)")
    with database.open() as one, database.open() as other:
        with writing(one), reading(other) as db:
            assert not db.execute(asked, {"key": locks.WRITING}).scalar()
        with reading(other) as db:
            assert db.execute(asked, {"key": locks.WRITING}).scalar()


def test_8_threads_that_read_and_then_write_lose_nothing(database: Database) -> None:
    with database.open() as db, writing(db):
        db.add(counter())

    def increment(_number: int) -> None:
        with database.open() as db:
            for _ in range(20):
                with writing(db):
                    db.get_one(Counter, "k").count += 1

    at_once(8, increment)
    with database.open() as db, reading(db):
        assert db.get_one(Counter, "k").count == 160


def test_a_writer_sees_what_was_committed_whatever_the_operators_default(address: str) -> None:
    database = opened(address, "-c default_transaction_isolation=serializable")
    with database.open() as db, writing(db):
        assert db.execute(text(LEVEL)).scalar() == "read committed"
    database.close()


def test_a_reader_sees_one_snapshot_and_changes_nothing(database: Database) -> None:
    with database.open() as one, database.open() as other, reading(one):
        assert one.execute(select(Counter)).all() == []
        with writing(other):
            other.add(counter())
        assert one.execute(select(Counter)).all() == []
        one.add(counter("mine"))
        with pytest.raises(InternalError) as refused:
            one.flush()
    assert isinstance(refused.value.orig, ReadOnlySqlTransaction)
    with database.open() as db, writing(db):
        assert len(db.execute(select(Counter)).all()) == 1
        assert shown(db, "transaction_read_only") == "off"


def test_a_glance_needs_no_transaction_and_no_lock(database: Database) -> None:
    query = select(Counter.count).where(Counter.key == "k")
    with database.open() as db:
        with writing(db):
            db.add(counter(count=7))
        with writing(db):
            assert database.reader.row(query, {}) == (7,)


def test_times_are_utc_in_whatever_zone_the_address_asks_for(address: str) -> None:
    database = opened(address, "-c timezone=Asia/Karachi")
    with database.open() as db:
        with writing(db):
            db.add(counter())
        with reading(db):
            found = db.get_one(Counter, "k").resets_at
    assert (found, found.tzinfo) == (NOW, UTC)
    database.close()


def test_one_at_a_time_is_alone(address: str, database: Database) -> None:
    with database.open() as one, database.open() as other:
        with locks.alone(one, 5) as first, locks.alone(other, 5) as second:
            assert (first, second) == (True, False)
        with pytest.raises(ZeroDivisionError), locks.alone(other, 5):
            raise ZeroDivisionError
    # A connection of the same pool might hold the lock itself.
    elsewhere = Database(address)
    with elsewhere.open() as third, locks.alone(third, 5) as is_alone:
        assert is_alone
    elsewhere.close()


@pytest.mark.parametrize("column", ["id", "username_key", "email_key"])
def test_what_only_one_person_can_have_is_told(database: Database, column: str) -> None:
    def person(name: str) -> Person:
        same = dict.fromkeys(("id", "username", "username_key", "email", "email_key"), name)
        return Person(**same, password_hash="x", created_at=NOW)

    ada, grace = person("ada"), person("grace")
    setattr(grace, column, "ada")
    with database.open() as db:
        with writing(db):
            db.add(ada)
        with pytest.raises(IntegrityError) as refused, writing(db):
            db.add(grace)
    assert duplicate_column(refused.value) == f"people.{column}"
    # The server is set as docs/hosting.md says.
    log = databases.server().log
    assert "duplicate key value" in log
    assert "(ada)" not in log


def migrate(address: str) -> str:
    database = Database(address)
    try:
        database.migrate()
        with database.engine.connect() as connection:
            return revisions.state_of(connection).name
    finally:
        database.close()


def test_four_processes_that_migrate_at_once_make_the_tables_once(address: str) -> None:
    _take_back(address, "base")
    assert processes_at_once(4, migrate, address) == ["CURRENT"] * 4


def test_a_change_that_waits_lets_others_go_first_and_tries_again(
    address: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take_back(address, "0005")
    monkeypatch.setattr(revisions, "LOCK_WITHIN", "1500ms")
    impatient = opened(address, "-c statement_timeout=1s")
    holder, tries = database.engine.connect(), []
    holder.execute(text("LOCK TABLE alembic_version"))

    def wait(seconds: float) -> None:
        tries.append(seconds)
        if len(tries) == 2:
            holder.close()

    monkeypatch.setattr(revisions.time, "sleep", wait)
    impatient.migrate()
    impatient.close()
    assert tries == [revisions.PAUSE] * 2
    with database.engine.connect() as connection:
        assert revisions.state_of(connection) is revisions.State.CURRENT


def test_a_lock_that_nobody_lets_go_of_ends_the_tries(
    address: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take_back(address, "0005")
    monkeypatch.setattr(revisions, "LOCK_WITHIN", "50ms")
    with database.engine.connect() as holder:
        holder.execute(text("LOCK TABLE alembic_version"))
        with pytest.raises(OperationalError) as refused:
            revisions.migrate_server(database.engine, given_up_after=0)
    assert isinstance(refused.value.orig, LockNotAvailable)
    assert migrate(address) == "CURRENT"


def _take_back(address: str, revision: str) -> None:
    database = Database(address)
    config = revisions._config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
    database.close()
