"""What the commands and a start say of the database: a sentence, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonmsg.database import inspection
from anonmsg.database.engine import Database
from anonmsg.runtime.runtime import Runtime, time_now
from anonmsg.services import peppers, token_secrets
from anonmsg.services.sessions import sign_ins
from tests import databases, factories
from tests.commands.conftest import Command
from tests.commands.test_serve import refused
from tests.fakes import Clock
from tests.postgresql_server import PostgresqlServer
from tests.served import REFLEX_RUN, SERVE, Served, end

WRONG = "another-password"
NOBODY = f"postgresql+psycopg://me:{WRONG}@127.0.0.1:1/x"
NEWER = "DATABASE_URL: the tables are of a newer anonmsg; update this one"
OTHER_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2


@pytest.fixture
def address(tmp_path: Path) -> str:
    """The address of an empty, migrated database of PostgreSQL."""
    return databases.on_postgresql(tmp_path / "data")


def refused_by(way: str, folder: Path, address: str) -> str:
    """What a start says that is refused, by the command or as `reflex run` does it."""
    made = Served(folder, way=way, env={"DATABASE_URL": address})
    try:
        made.begin()
        assert made.wait() == 1
    finally:
        end(made)
    assert "Traceback" not in made.log
    assert WRONG not in made.log
    return made.log


@pytest.mark.parametrize("way", [SERVE, REFLEX_RUN], ids=["serve", "reflex run"])
def test_a_server_that_is_not_there_stops_the_start(tmp_path: Path, way: str) -> None:
    log = refused_by(way, tmp_path, NOBODY)
    assert log.count("DATABASE_URL: the database can't be opened: connection failed") == 1
    assert "Connection refused" in log


@pytest.mark.parametrize("way", [SERVE, REFLEX_RUN], ids=["serve", "reflex run"])
def test_a_wrong_password_stops_the_start(
    tmp_path: Path, postgresql: PostgresqlServer, way: str
) -> None:
    log = refused_by(way, tmp_path, postgresql.url("postgres", password=WRONG))
    assert log.count('password authentication failed for user "anonmsg"') == 1


@pytest.mark.parametrize("way", [SERVE, REFLEX_RUN], ids=["serve", "reflex run"])
def test_tables_of_a_newer_release_stop_the_start(tmp_path: Path, address: str, way: str) -> None:
    database = Database(address)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of tomorrow'")
    database.close()
    assert refused_by(way, tmp_path, address).count(NEWER) == 1


def test_a_role_that_may_make_no_tables_is_told(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    with postgresql.superuser() as connection:
        connection.execute("DROP DATABASE IF EXISTS of_another")
        connection.execute("CREATE DATABASE of_another")
    log = refused(tmp_path, DATABASE_URL=postgresql.url("of_another"))
    assert "DATABASE_URL: the tables can't be changed: permission denied for schema public" in log


@pytest.mark.parametrize("address", ["mysql://me:another-password@localhost/x", "nonsense"])
def test_an_address_of_another_database_is_refused(tmp_path: Path, address: str) -> None:
    log = refused(tmp_path, DATABASE_URL=address)
    assert "DATABASE_URL: must be an address such as postgresql+psycopg://" in log
    assert WRONG not in log


def test_a_standby_is_told(command: Command, tmp_path: Path, address: str) -> None:
    standby = f"{address}?options=-c default_transaction_read_only=on"
    said = command("check-config", DATA_DIR=str(tmp_path / "data"), DATABASE_URL=standby).output
    assert "the database can't be opened: it can only be read there" in " ".join(said.split())


def test_a_start_waits_for_no_writer(address: str) -> None:
    database = Database(address)
    with database.engine.connect().execution_options(writes=True) as connection:
        connection.exec_driver_sql("SELECT 1")
        assert inspection.problem(address) == ""
    database.close()


@pytest.mark.parametrize("arguments", [("end-sessions", "ada"), ("purge",), ("accept-secrets",)])
def test_a_command_says_in_a_line_that_the_server_is_not_there(
    on_site: Command, arguments: tuple[str, ...]
) -> None:
    result = on_site(*arguments, DATABASE_URL=NOBODY)
    assert result.exit_code == 1
    assert result.output.startswith("Error: The database can't be used: connection failed")
    assert WRONG not in result.output


@pytest.mark.parametrize(
    ("env", "code", "words"),
    [
        ({}, 0, "Connections up to 20 of the 197 that the server allows"),
        ({"DATABASE_CONNECTIONS": "198"}, 1, "1 worker with 198 connections each may open 198"),
        ({"DATABASE_CONNECTIONS": "1"}, 1, "DATABASE_CONNECTIONS: Input should be greater than"),
    ],
)
def test_the_connections_are_compared_with_those_of_the_server(
    command: Command, tmp_path: Path, address: str, env: dict[str, str], code: int, words: str
) -> None:
    where = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": address}
    result = command("check-config", **where, **env)
    said = " ".join(result.output.split())
    assert (result.exit_code, words in said) == (code, True), said
    assert "It opens, and its tables are up to date." in said
    assert "log_error_verbosity" not in said


def test_a_server_whose_log_repeats_values_is_noted(
    command: Command, tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    name = postgresql.database()
    with postgresql.superuser() as connection:
        connection.execute(f"ALTER DATABASE {name} SET log_error_verbosity = verbose".encode())
    where = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": postgresql.url(name)}
    said = " ".join(command("check-config", **where).output.split())
    assert "Set log_error_verbosity = terse there." in said
    assert "It opens and is empty; the first start creates the tables." in said


@pytest.fixture
def signed_in(runtime: Runtime, clock: Clock) -> None:
    """Somebody is signed in now, with the secrets of this installation."""
    clock.now = time_now()
    with runtime.context() as ctx:
        peppers.check(ctx)
        token_secrets.check(ctx)
        factories.person(ctx, "ada")
        who = {"identifier": "ada", "password": factories.PASSWORD, "network": "n"}
        sign_ins.sign_in(ctx, **who)


@pytest.mark.usefixtures("signed_in")
def test_other_secrets_are_refused_until_they_are_accepted(on_site: Command) -> None:
    told = "ACCESS_TOKEN_SECRET: is not the one that this database's sign-ins were made with."

    def says() -> str:
        return " ".join(on_site("check-config", ACCESS_TOKEN_SECRET=OTHER_SECRET).output.split())

    assert told in says()
    assert OTHER_SECRET not in says()
    result = on_site("accept-secrets", ACCESS_TOKEN_SECRET=OTHER_SECRET)
    assert (result.exit_code, result.output.count("These secrets")) == (0, 1)
    assert told not in says()


@pytest.mark.usefixtures("signed_in")
def test_other_secrets_stop_the_start_with_one_sentence(tmp_path: Path) -> None:
    log = refused(tmp_path, REFRESH_TOKEN_SECRET=OTHER_SECRET)
    assert log.count("REFRESH_TOKEN_SECRET: is not the one that this database's") == 1
    assert OTHER_SECRET not in log
