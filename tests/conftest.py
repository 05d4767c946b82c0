"""What every test may ask for: real SQLite, a fixed time, a fake mailer that works."""

from __future__ import annotations

import os

# Before Reflex is imported: a test run is no visit to the outside world.
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
from tests.fakes import Clock, FakeMailer

# A slow moment of the machine is no finding: no test asserts a time.
hypothesis.settings.register_profile("anonmsg", deadline=None)
hypothesis.settings.load_profile("anonmsg")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation."""
    return load(data_dir=tmp_path / "data", public_url="http://localhost:3000")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 4, 12, tzinfo=UTC))


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all its tables, to begin with a copy of."""
    file = tmp_path_factory.mktemp("migrated") / "anonmsg.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture
def runtime(
    settings: Settings, clock: Clock, mailer: FakeMailer, migrated: Path
) -> Iterator[Runtime]:
    """The process's runtime on a migrated database of its own."""
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
    """A context at the clock's time; ask `runtime.context()` for a later one."""
    with runtime.context() as made:
        yield made
