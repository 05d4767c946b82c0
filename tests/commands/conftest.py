"""An installation as its first start leaves it, and commands that run on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anonmsg.commands import cli
from anonmsg.config import Settings
from anonmsg.runtime.context import Context
from anonmsg.services import peppers
from tests import databases

Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's settings and the checkout's `.env` out of these tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def command() -> Command:
    """Run a command; whatever happens, it must end without a traceback."""

    def run(*arguments: str, typed: str | bytes | None = None, **env: str) -> Result:
        result = CliRunner().invoke(cli, list(arguments), input=typed, env=env)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def on_site(command: Command, ctx: Context) -> Command:
    """Run a command on the database of `ctx`, which has already been started once."""
    peppers.check(ctx)

    def run(*arguments: str, typed: str | bytes | None = None, **env: str) -> Result:
        at_home = {
            "DATA_DIR": str(ctx.settings.data_dir),
            "PUBLIC_URL": "https://anonmsg.example",
        }
        env = databases.env(ctx.settings.data_dir) | at_home | env
        return command(*arguments, typed=typed, **env)

    return run
