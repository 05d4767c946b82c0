"""Fixtures for every test: a real database, a fixed time, a working fake mailer."""

from __future__ import annotations

import os

# Set before importing Reflex: a test run must not contact the outside world.
os.environ["REFLEX_TELEMETRY_ENABLED"] = "false"

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from anonmsg.config import Settings, load
from anonmsg.database.engine import Database
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime, use
from anonmsg.security.keyring import Keyring
from tests import databases, thorough
from tests.fakes import Clock, FakeMailer
from tests.postgresql_server import PostgresqlServer, postgresql_server
from tests.redis_server import RedisServer, redis_server

# A slow machine isn't a failure: no test asserts how long something takes.
hypothesis.settings.register_profile("anonmsg", deadline=None)
hypothesis.settings.load_profile("anonmsg")

# Thousands of small databases would wait for the disk at each commit. Containers
# often have only 64 MB of shared memory, which a run of all tests would fill.
MEMORY, ENOUGH = Path("/dev/shm"), 2 * 1024**3  # noqa: S108
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# What starts threads or processes at once (`tests/races.py`).
RACES = {"at_once", "contexts_at_once", "processes_at_once"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the races and what takes long; leave out SQLite's file on PostgreSQL."""
    thorough.mark(items)
    for item in items:
        calls = set(item.function.__code__.co_names) if isinstance(item, pytest.Function) else set()
        if "at_once" in item.name or calls & RACES:
            item.add_marker(pytest.mark.race)
        if databases.ON_POSTGRESQL and item.get_closest_marker("sqlite_only"):
            item.add_marker(pytest.mark.skip(reason="It's about SQLite's own file."))


def pytest_sessionfinish() -> None:
    """End the database server, if one was started."""
    databases.end()


@pytest.fixture(scope="session")
def postgresql() -> PostgresqlServer:
    """The PostgreSQL of this test process, for tests that leave it running."""
    return databases.server()


@pytest.fixture
def own_postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL that the test may stop."""
    with postgresql_server() as made:
        yield made


@pytest.fixture(scope="session")
def one_redis() -> Iterator[RedisServer]:
    """The redis-server of this test process."""
    with redis_server() as made:
        yield made


@pytest.fixture
def redis(one_redis: RedisServer) -> RedisServer:
    """An empty redis-server, for tests that leave it running."""
    with one_redis.client() as client:
        client.flushall()
    return one_redis


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A redis-server that the test may stop."""
    with redis_server() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation."""
    folder = tmp_path / "data"
    # A race has more threads than a server has, each with a connection.
    more = {} if databases.ON_POSTGRESQL else {"database_connections": 200}
    url = databases.url(folder)
    return load(data_dir=folder, public_url="http://localhost:3000", database_url=url, **more)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 4, 12, tzinfo=UTC))


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, fully migrated SQLite database for tests to copy."""
    file = tmp_path_factory.mktemp("migrated") / "anonmsg.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture
def runtime(
    settings: Settings, clock: Clock, mailer: FakeMailer, migrated: Path
) -> Iterator[Runtime]:
    """The process's runtime, on its own migrated database."""
    if not settings.database_url:
        shutil.copy(migrated, settings.data_dir / "anonmsg.db")
    made = Runtime(
        settings,
        Database(settings.database),
        mailer,
        Keyring.of(settings, cost=4),
        RateLimits(clock=clock.seconds),
        clock=clock,
    )
    use(made)
    yield made
    use(None)
    made.close()


@pytest.fixture
def ctx(runtime: Runtime) -> Iterator[Context]:
    """A context at the clock's time; call `runtime.context()` for a later one."""
    with runtime.context() as made:
        yield made
