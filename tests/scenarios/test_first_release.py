"""A database of the first release under today's code: nothing is lost, and the main job works."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlmodel import select

from anonmsg.config import Settings, load
from anonmsg.database import inspection
from anonmsg.database.engine import Database
from anonmsg.database.inspection import State
from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from anonmsg.services import peppers, purges
from anonmsg.services.accounts import deletions, verifications
from anonmsg.services.inbox import moves, slices
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from tests import factories
from tests.backups import make
from tests.factories import NETWORK, PASSWORD
from tests.fakes import Clock, FakeMailer

DUMP = Path(__file__).parents[1] / "releases" / "first_release.sql"
KNOWN = json.loads(DUMP.read_text().partition("\n")[0].removeprefix("-- "))
SECRETS = KNOWN["secrets"]
TEXTS = ["اردو میں 🙂", "Message 2", "Message 1", "Message 0"]


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    """An installation as the first release left it."""
    settings = load(data_dir=tmp_path / "old", public_url="http://localhost:3000", **SECRETS)
    settings.data_dir.mkdir(exist_ok=True)
    db = sqlite3.connect(settings.data_dir / "anonmsg.db")
    db.executescript(DUMP.read_text())
    db.close()
    return settings


@pytest.fixture
def clock() -> Clock:
    """Twenty minutes after the release was stopped."""
    return Clock(datetime(2026, 3, 4, 12, 40, tzinfo=UTC))


@pytest.fixture
def updated(old: Settings, clock: Clock, mailer: FakeMailer) -> Iterator[Context]:
    """The same installation as today's start leaves it."""
    runtime = Runtime(
        old,
        Database(old.database),
        mailer,
        Keyring.of(old, cost=4),
        RateLimits(clock=clock.seconds),
        clock=clock,
    )
    runtime.database.migrate()
    with runtime.context() as ctx:
        peppers.check(ctx)
        peppers.renew(ctx)
        yield ctx
    runtime.close()


def sign_in(ctx: Context, name: str, **code: str) -> str:
    pair = sign_ins.sign_in(ctx, identifier=name, password=PASSWORD, network=NETWORK, **code)
    return token_pairs.id_from_tokens(ctx, access=pair.access, refresh="")


def inbox(ctx: Context, name: str) -> list[str]:
    found = slices.inbox(ctx, owner_id=person_id(ctx, name))
    return [each.content for each in found.messages]


def person_id(ctx: Context, name: str) -> str:
    with ctx.reading() as db:
        return db.exec(select(Person.id).where(Person.username == name)).one()


def test_it_is_known_as_older_before_the_start(old: Settings) -> None:
    assert inspection.look(old.database) is State.BEHIND


def test_whoever_was_there_still_is(updated: Context) -> None:
    assert inspection.look(updated.settings.database) is State.CURRENT
    assert sorted(inbox(updated, "Ada")) == sorted(TEXTS)
    # The browser that was signed in stays so.
    pair = token_pairs.refresh(updated, token=KNOWN["refresh"])
    session = token_pairs.id_from_tokens(updated, access=pair.access, refresh="")
    assert sessions.current(updated, session_id=session).username == "Ada"
    # With an authenticator app, and with a code on paper.
    now = pyotp.TOTP(KNOWN["totp"]).at(updated.now)
    assert sign_in(updated, "bob", code=now)
    assert sign_in(updated, "bob", code=KNOWN["recovery_code"])


def test_the_main_job_works_on_it(updated: Context, mailer: FakeMailer) -> None:
    # A sign-up that was waiting for its code.
    verifications.by_code(updated, browser=KNOWN["browser"], code=KNOWN["code"], network=NETWORK)
    assert sign_in(updated, "dan")
    # And a new one, from its email to a message that is read and deleted.
    browser = factories.sign_up(updated, "eve")
    verifications.by_code(updated, browser=browser, code=mailer.last_code(), network=NETWORK)
    assert factories.page(updated, username="eve").username == "eve"
    factories.send(updated, username="eve", content="Hello")
    factories.send(updated, username="ada", content="Hello again")
    assert inbox(updated, "eve") == ["Hello"]
    assert inbox(updated, "Ada")[0] == "Hello again"
    assert sessions.current(updated, session_id=sign_in(updated, "eve")).username == "eve"
    owner = person_id(updated, "eve")
    (message,) = slices.inbox(updated, owner_id=owner).messages
    moves.trash(updated, owner_id=owner, ids=[message.id])
    moves.delete_forever(updated, owner_id=owner, ids=[message.id])
    assert inbox(updated, "eve") == []


def test_a_retry_that_began_before_the_update_arrives_once(updated: Context) -> None:
    factories.send(updated, username="ada", content=TEXTS[0], key="a retry")
    assert inbox(updated, "Ada").count(TEXTS[0]) == 1


def test_whoever_was_leaving_still_leaves(updated: Context, clock: Clock) -> None:
    with updated.reading() as db:
        leaves_at = db.exec(select(Person.leaves_at).where(Person.username == "cyd")).one()
    assert leaves_at == datetime(2026, 3, 11, 12, 30, 15, 123456, tzinfo=UTC)
    updated.now = leaves_at + timedelta(seconds=1)
    purges.purge(updated)
    deletions.erase_due(updated)
    with updated.reading() as db:
        assert sorted(db.exec(select(Person.username)).all()) == ["Ada", "bob"]


def test_a_backup_of_the_first_release_is_restored_by_this_one(
    old: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner  # noqa: PLC0415

    from anonmsg.commands import cli  # noqa: PLC0415

    monkeypatch.chdir(tmp_path)
    file = make(old, tmp_path / "old.backup")
    env = {"DATA_DIR": str(tmp_path / "new")}
    env |= {name.upper(): value for name, value in SECRETS.items()}
    result = CliRunner().invoke(cli, ["restore", str(file), "--yes"], env=env)
    assert result.exit_code == 0, result.output
    assert "Restored: 3 accounts and 5 messages." in result.output
    new = load(data_dir=tmp_path / "new", **SECRETS)
    assert inspection.look(new.database) is State.CURRENT
    assert inspection.look(old.database) is State.BEHIND
