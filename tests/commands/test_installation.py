"""Commands with nothing to work on: a sentence, exit code 1, and nothing created."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from anonmsg.commands import cli
from anonmsg.commands.installation import opened
from anonmsg.config import load
from anonmsg.runtime.context import Context
from tests import databases, factories
from tests.commands.conftest import Command

ON_A_DATABASE = [
    ("create-user", "ada", "ada@example.com", "--password-stdin"),
    ("reset-password", "ada"),
    ("end-sessions", "ada"),
    ("end-two-factor", "ada"),
    ("delete-user", "ada", "--yes"),
    ("purge",),
]
EVERY = [*ON_A_DATABASE, ("rotate-secrets",)]
TYPED = f"{factories.PASSWORD}\n"


@pytest.mark.parametrize("arguments", EVERY)
def test_before_the_first_start_nothing_is_made(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    result = command(*arguments, typed=TYPED)
    assert result.exit_code == 1
    assert result.output.startswith("Error: There are no secrets in .data/secrets.env yet.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", ON_A_DATABASE)
def test_without_a_database_none_is_made(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    load(data_dir=tmp_path / ".data")
    result = command(*arguments, typed=TYPED)
    assert result.exit_code == 1
    assert "There's no database at sqlite:///.data/anonmsg.db yet." in result.output
    assert not (tmp_path / ".data" / "anonmsg.db").exists()


@pytest.mark.parametrize("arguments", ON_A_DATABASE)
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE alembic_version", "has no tables yet. Start anonmsg once"),
        ("UPDATE alembic_version SET version_num = '0001'", "come from an older version"),
        ("UPDATE alembic_version SET version_num = 'x'", "may come from a newer one."),
    ],
)
def test_tables_of_another_release_are_left_alone(
    on_site: Command, ctx: Context, arguments: tuple[str, ...], statement: str, words: str
) -> None:
    factories.person(ctx, "ada")
    databases.query(ctx.settings.data_dir, statement)
    result = on_site(*arguments, typed=TYPED)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert words in result.output


@pytest.mark.parametrize("arguments", ON_A_DATABASE)
def test_a_database_that_is_none_is_told(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    load(data_dir=tmp_path / ".data")
    (tmp_path / ".data" / "anonmsg.db").write_text("no database " * 99)
    result = command(*arguments, typed=TYPED)
    assert (result.exit_code, result.output) == (
        1,
        "Error: The database can't be used: file is not a database.\n",
    )


@pytest.mark.parametrize("arguments", EVERY)
def test_bad_settings_are_told_all_at_once(on_site: Command, arguments: tuple[str, ...]) -> None:
    result = on_site(*arguments, typed=TYPED, PUBLIC_URL="anonmsg", TRUSTED_PROXY_HOPS="-1")
    assert result.exit_code == 1
    assert "  - PUBLIC_URL: must be an address" in result.output
    assert "  - TRUSTED_PROXY_HOPS: " in result.output


@pytest.mark.parametrize("arguments", ON_A_DATABASE)
def test_the_wrong_pepper_changes_nothing(
    on_site: Command, ctx: Context, arguments: tuple[str, ...]
) -> None:
    factories.messages(ctx, factories.person(ctx, "ada"), "hello")
    result = on_site(*arguments, typed=TYPED, PEPPER="another one 0123456789 abcdefghijklmnop")
    assert result.exit_code == 1
    assert "PEPPER is not the one that the people in this database signed up with" in result.output


def test_limits_that_cannot_be_read_are_told(on_site: Command) -> None:
    result = on_site("purge", LIMITS='{"send_everything": "1 per hour"}')
    assert result.exit_code == 1
    assert "send_everything is not a limit" in result.output


def test_secrets_that_cannot_be_read_are_told(command: Command, tmp_path: Path) -> None:
    folder = "x" * 300
    result = command("purge", DATA_DIR=folder)
    assert (result.exit_code, result.output) == (
        1,
        f"Error: The secrets can't be read: File name too long ({folder}/secrets.env).\n",
    )
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "secrets.env").write_bytes(b"PEPPER=\xff\n")
    result = command("purge")
    assert (result.exit_code, result.output) == (
        1,
        "Error: The secrets or .env aren't valid UTF-8.\n",
    )


def test_a_folder_that_cannot_be_used_is_told(
    ctx: Context, on_site: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(ctx.settings.data_dir))
    if databases.ON_POSTGRESQL:
        monkeypatch.setenv("DATABASE_URL", ctx.settings.database_url)
    with pytest.raises(click.ClickException) as refusal, opened():
        raise PermissionError(13, "Permission denied", "outbox/1.eml")
    assert refusal.value.message == (
        "The data folder can't be used: Permission denied (outbox/1.eml)."
    )


@pytest.mark.parametrize("name", sorted(n for n, each in cli.commands.items() if not each.hidden))
def test_every_command_tells_what_it_does(command: Command, name: str) -> None:
    listed, told = command("--help"), command(name, "--help")
    assert (listed.exit_code, told.exit_code) == (0, 0)
    assert f"  {name} " in listed.output
    assert told.output.startswith("Usage: cli " + name)
    assert len(told.output.splitlines()) > 5


@pytest.mark.parametrize("arguments", [("create-user", "ada"), ("reset-password",), ("fly",)])
def test_what_is_left_out_is_asked_for(command: Command, arguments: tuple[str, ...]) -> None:
    result = command(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.output
