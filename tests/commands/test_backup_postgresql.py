"""`backup` and `restore` on a real PostgreSQL server."""

from __future__ import annotations

import json
import os
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url
from sqlmodel import select

from anonmsg.config import Settings, load
from anonmsg.database.postgresql_copies import StagedPostgresql
from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from anonmsg.services import peppers
from anonmsg.services.accounts import erasures
from tests import factories
from tests.backups import PASSPHRASE, opened
from tests.commands.conftest import Command
from tests.postgresql_server import ROLE, PostgresqlServer, postgresql_server, program

# It has every character that an address must quote.
PASSWORD = "a password with : @ / and ' in it"
TEXT = "an unmistakable sentence, left by nobody"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """One server for these tests, whose role may make databases."""
    with postgresql_server() as made:
        with made.superuser() as connection:
            altered = SQL("ALTER ROLE {} PASSWORD {} CREATEDB")
            connection.execute(altered.format(Identifier(ROLE), PASSWORD))
        yield made


def run_sql(server: PostgresqlServer, statement: str) -> list[tuple[object, ...]]:
    """Run one statement as the server's administrator."""
    with server.superuser() as connection:
        found = connection.execute(statement.encode())
        return found.fetchall() if found.description else []


@pytest.fixture
def url(server: PostgresqlServer) -> str:
    """An empty database."""
    for (name,) in run_sql(server, "SELECT datname FROM pg_database WHERE datname ~ '^site'"):
        run_sql(server, f'DROP DATABASE "{name}" WITH (FORCE)')
    run_sql(server, f"CREATE DATABASE site OWNER {ROLE}")
    return server.url("site", password=quote(PASSWORD, safe=""))


@pytest.fixture
def site(url: str, tmp_path: Path) -> Settings:
    """A migrated installation with two people and a message; nothing is connected."""
    made = load(data_dir=tmp_path / "data", database_url=url)
    runtime = Runtime.of(made)
    runtime.keyring = Keyring.of(made, cost=4)
    runtime.database.migrate()
    with runtime.context() as ctx:
        peppers.check(ctx)
        factories.messages(ctx, factories.person(ctx, "ada"), TEXT)
        factories.person(ctx, "bob")
    runtime.close()
    return made


@pytest.fixture
def on_site(command: Command, site: Settings, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command on it, with PostgreSQL's programs on the PATH."""
    monkeypatch.setenv("PATH", f"{Path(program('pg_dump')).parent}:{os.environ['PATH']}")

    def run(*arguments: str, typed: str | None = None, **env: str) -> object:
        env = {"DATA_DIR": str(site.data_dir), "DATABASE_URL": site.database_url} | env
        result = command(*arguments, typed=typed, **env)
        assert PASSWORD not in result.output
        return result

    return run


def usernames(site: Settings) -> list[str]:
    with opened(site) as ctx, ctx.reading() as db:
        return sorted(db.exec(select(Person.username)).all())


def databases(server: PostgresqlServer) -> list[str]:
    found = run_sql(server, "SELECT datname FROM pg_database WHERE datname ~ '^site' ORDER BY 1")
    return [str(name) for (name,) in found]


def erase(ctx: Context, name: str) -> None:
    """Erase somebody and record it, as `deletions.erase` does."""
    with ctx.writing() as db:
        person = db.exec(select(Person).where(Person.username == name)).one()
        erasures.record(ctx, person_id=person.id)
        db.delete(person)
    erasures.mirror(ctx)


def test_a_backup_is_restored_and_what_it_replaced_is_kept(
    on_site: Command, site: Settings, server: PostgresqlServer, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    result = on_site("backup", str(file), typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert result.exit_code == 0, result.output
    assert "2 accounts and 1 message" in result.output
    assert TEXT.encode() not in file.read_bytes()
    with opened(site) as ctx:
        factories.person(ctx, "cyd")
        erase(ctx, "bob")
    erasures.file_in(site.data_dir).unlink()
    result = on_site("restore", str(file), "--check", typed=f"{PASSPHRASE}\n")
    assert "It can be restored" in result.output, result.output
    assert databases(server) == ["site"]
    assert usernames(site) == ["ada", "cyd"]
    result = on_site("restore", str(file), typed=f"{PASSPHRASE}\ny\n")
    assert result.exit_code == 0, result.output
    assert "now deleted again: 1" in result.output
    assert usernames(site) == ["ada"]
    kept = next(name for name in databases(server) if "_replaced_" in name)
    assert databases(server) == ["site", kept]
    assert f"What it replaced is kept: database {kept}" in result.output


def test_a_lost_database_comes_back_without_whom_the_log_knows(
    on_site: Command, site: Settings, server: PostgresqlServer, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    with opened(site) as ctx:
        erase(ctx, "bob")
    run_sql(server, "DROP DATABASE site WITH (FORCE)")
    result = on_site("restore", str(file), "--yes", "--discard")
    assert result.exit_code == 0, result.output
    assert usernames(site) == ["ada"]
    assert databases(server) == ["site"]


def test_nothing_is_restored_under_a_running_server(
    on_site: Command, site: Settings, server: PostgresqlServer, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    with opened(site) as ctx, ctx.reading() as db:
        assert db.get(Person, "nobody") is None
        result = on_site("restore", str(file), "--yes")
    assert result.exit_code == 1
    assert "Something still has the database open" in result.output
    assert databases(server) == ["site"]


def test_no_other_restore_takes_its_database_for_a_leftover(
    on_site: Command, site: Settings, server: PostgresqlServer, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    waiting = StagedPostgresql(site.database)
    result = on_site("restore", str(file), "--check")
    assert result.exit_code == 1
    assert "another restore or check of this database is under way." in result.output
    assert databases(server) == ["site", "site_anonmsg_restore"]
    waiting.close()
    assert databases(server) == ["site"]
    assert on_site("restore", str(file), "--check").exit_code == 0


def test_the_servers_own_cleaning_is_nobody(
    on_site: Command, site: Settings, server: PostgresqlServer, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    run_sql(server, "ALTER SYSTEM SET autovacuum_naptime = '1s'")
    run_sql(server, "SELECT pg_reload_conf()")
    try:
        with server.superuser("site") as connection:
            connection.execute("CREATE TABLE slow AS SELECT generate_series(1, 200000) AS n")
            connection.execute(
                "ALTER TABLE slow SET (autovacuum_vacuum_cost_delay = 100, "
                "autovacuum_vacuum_cost_limit = 1)"
            )
            connection.execute("DELETE FROM slow")
        cleaning = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
        deadline = time.monotonic() + 60
        while not run_sql(server, f"{cleaning} AND datname = 'site' AND query LIKE '%slow%'"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        result = on_site("restore", str(file), "--yes", "--discard")
    finally:
        run_sql(server, "ALTER SYSTEM RESET autovacuum_naptime")
        run_sql(server, "SELECT pg_reload_conf()")
    assert result.exit_code == 0, result.output


def test_counts_and_rows_are_of_one_moment(
    on_site: Command, site: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    with zipfile.ZipFile(file) as found:
        manifest = json.loads(found.read("manifest.json"))
        assert found.read("database.dump").startswith(b"PGDMP")
    assert manifest["database"] == "postgresql"
    assert manifest["counts"] == {"people": 2, "messages": 1}


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (None, "pg_dump isn't on the PATH. Install PostgreSQL's client programs"),
        ("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n", "pg_dump is version 9, and the"),
    ],
)
def test_without_a_pg_dump_that_is_new_enough_it_says_so(
    on_site: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, told: str
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    if script:
        (folder / "pg_dump").write_text(script)
        (folder / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    result = on_site("backup", str(tmp_path / "a.backup"), "--no-passphrase")
    assert result.exit_code == 1
    assert told in result.output
    assert not (tmp_path / "a.backup").exists()


def test_a_user_who_may_not_create_databases_is_told_how(
    on_site: Command, site: Settings, server: PostgresqlServer, url: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    run_sql(server, "DROP ROLE IF EXISTS modest")
    run_sql(server, "CREATE ROLE modest LOGIN PASSWORD 'modest'")
    other = make_url(url).set(username="modest", password="modest")
    result = on_site(
        "restore",
        str(file),
        "--yes",
        DATABASE_URL=other.render_as_string(hide_password=False),
    )
    assert result.exit_code == 1
    assert 'run: ALTER ROLE "modest" CREATEDB' in result.output


def test_each_kind_of_backup_stays_with_its_kind(
    on_site: Command, site: Settings, tmp_path: Path
) -> None:
    file, other = tmp_path / "a.backup", tmp_path / "other"
    assert on_site("backup", str(file), "--no-passphrase").exit_code == 0
    here = {"DATA_DIR": str(other), "DATABASE_URL": ""}
    here |= {
        name.upper(): getattr(site, name).get_secret_value()
        for name in ("pepper", "access_token_secret", "refresh_token_secret")
    }
    result = on_site("restore", str(file), "--yes", **here)
    assert result.exit_code == 1
    assert "The backup is of PostgreSQL, and this installation uses SQLite." in result.output


def test_a_server_that_is_not_there_gets_a_sentence(on_site: Command, tmp_path: Path) -> None:
    url = "postgresql+psycopg://anonmsg:secret@127.0.0.1:1/site"
    result = on_site("backup", str(tmp_path / "a.backup"), "--no-passphrase", DATABASE_URL=url)
    assert result.exit_code == 1
    assert "The database can't be used" in result.output
    assert "secret" not in result.output


def test_an_erasure_is_read_back_as_a_day(site: Settings) -> None:
    with opened(site) as ctx:
        erase(ctx, "bob")
        with ctx.reading():
            (day,) = erasures.recorded(ctx).values()
    assert isinstance(day, date)
    assert abs((datetime.now(UTC).date() - day).days) <= 1


def test_a_database_of_the_name_that_every_server_has_is_restored_too(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(program('pg_dump')).parent}:{os.environ['PATH']}")
    file = tmp_path / "a.backup"
    with postgresql_server() as own:
        with own.superuser() as connection:
            connection.execute(SQL("ALTER ROLE {} CREATEDB").format(Identifier(ROLE)))
            connection.execute(SQL("ALTER DATABASE postgres OWNER TO {}").format(Identifier(ROLE)))
        made = load(data_dir=tmp_path / "data", database_url=own.url("postgres"))
        runtime = Runtime.of(made)
        runtime.keyring = Keyring.of(made, cost=4)
        runtime.database.migrate()
        with runtime.context() as ctx:
            peppers.check(ctx)
            factories.person(ctx, "ada")
        runtime.close()
        env = {"DATA_DIR": str(made.data_dir), "DATABASE_URL": made.database_url}
        assert command("backup", str(file), "--no-passphrase", **env).exit_code == 0
        with opened(made) as ctx:
            factories.person(ctx, "bob")
        result = command("restore", str(file), "--check", **env)
        assert result.exit_code == 0, result.output
        result = command("restore", str(file), "--yes", **env)
        assert result.exit_code == 0, result.output
        assert usernames(made) == ["ada"]
        assert "What it replaced is kept: database postgres_replaced_" in result.output
