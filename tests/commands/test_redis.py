"""What the commands say of Redis, and whom they tell by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anonmsg.commands import cli
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.runtime.shared.bus import CHANNEL
from anonmsg.runtime.topics import sessions_of
from anonmsg.services import peppers
from tests import databases, factories
from tests.commands.test_serve import refused
from tests.redis_server import RedisServer, redis_server

SAVES = ("--save", "3600 1")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands find the test's installation."""
    data = tmp_path / "data"
    for name, value in ({"DATA_DIR": str(data)} | databases.env(data)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(cli, words)
    return outcome.exit_code, outcome.output


def test_a_redis_that_saves_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    with redis_server(options=(*SAVES, "--dir", str(tmp_path))) as server:
        log = refused(tmp_path, REDIS_URL=server.url, WORKERS="2")
    assert log.count("REDIS_URL: Redis saves to disk") == 1


def test_a_redis_that_is_not_there_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    log = refused(tmp_path, REDIS_URL=RedisServer().url)
    assert log.count("REDIS_URL: Redis can't be reached (ConnectionError)") == 1


@pytest.mark.usefixtures("ctx")
def test_check_config_says_what_redis_is_like(
    redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis.url)
    monkeypatch.setenv("WORKERS", "3")
    code, said = run("check-config")
    assert code == 0, said
    assert "Redis       shared by 3 workers\n" in said
    assert ("Several workers on SQLite" in said) is not databases.ON_POSTGRESQL
    with redis_server(options=(*SAVES, "--dir", str(tmp_path)), password="hidden") as server:
        monkeypatch.setenv("REDIS_URL", server.url)
        code, said = run("check-config")
    assert code == 1
    assert "Redis       can't be used\n" in said
    assert "REDIS_URL: Redis saves to disk" in said
    assert "hidden" not in said
    code, said = run("check-config")
    assert code == 1
    assert "REDIS_URL: Redis can't be reached" in said


def test_what_a_command_does_is_told_to_open_tabs(
    ctx: Context, runtime: Runtime, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peppers.check(ctx)
    ada = factories.person(ctx, "ada")
    monkeypatch.setenv("REDIS_URL", redis.url)
    name = runtime.keyring.digests.of("redis topic", sessions_of(ada.id))[:32]
    with redis.client() as client, client.pubsub() as heard:
        heard.subscribe(CHANNEL)
        assert heard.get_message(timeout=5)
        assert run("end-sessions", "ada") == (0, "ada is signed out everywhere.\n")
        message = heard.get_message(timeout=5)
    assert message
    assert message["data"].decode() == name


def test_a_command_works_while_redis_is_away_and_says_so(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    peppers.check(ctx)
    factories.person(ctx, "ada")
    monkeypatch.setenv("REDIS_URL", RedisServer().url)
    code, said = run("end-sessions", "ada")
    assert code == 0
    assert "ada is signed out everywhere." in said
    assert "Redis can't be reached, so open tabs notice at their next click." in said
