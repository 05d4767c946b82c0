"""The version: in one place, and the changelog and the upgrade notes begin with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from click.testing import CliRunner

from anonmsg.commands import cli
from anonmsg.config.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_command_line_tells_it() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert (result.exit_code, result.output) == (0, f"anonmsg, version {VERSION}\n")


def test_the_newest_release_of_the_changelog_is_this_one() -> None:
    releases = re.findall(r"^## \[(\d[^]]*)]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert releases[0] == VERSION


def test_it_is_written_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text()).get("project", {})
    assert "version" not in project
    code = [file for file in (ROOT / "anonmsg").rglob("*.py") if VERSION in file.read_text()]
    assert [file.name for file in code] == ["version.py"]
