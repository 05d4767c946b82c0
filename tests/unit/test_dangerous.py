"""What no code of ours does, so that what people type can never become code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import anonmsg

PACKAGE = Path(anonmsg.__file__).parent
SCRIPTS = PACKAGE.parent / "assets"
CALLS = {"eval", "exec", "compile", "__import__"}
MODULES = {"subprocess", "pickle", "marshal", "shelve", "pty", "xml"}
COMMANDS = {"system", "popen", "execv", "execve", "spawnl", "spawnv"}
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
)


def dangers(source: str) -> list[str]:
    """What a module does that could run what somebody typed."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.func.id] if node.func.id in CALLS else []
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_command = node.value.id == "os" and node.attr in COMMANDS
            found += [f"os.{node.attr}"] if is_command else []
        found += [name for name in names if name.partition(".")[0] in MODULES]
    return found


def test_nothing_that_is_typed_can_become_code_or_a_command() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 50
    assert {
        file.name: dangers(file.read_text()) for file in files if dangers(file.read_text())
    } == {}


@pytest.mark.parametrize(
    "line",
    [
        "eval(typed)",
        "exec(typed)",
        "import subprocess",
        "from subprocess import run",
        "import os\nos.system(typed)",
        "def f():\n    import pickle",
        "from xml.etree import ElementTree",
    ],
)
def test_a_danger_is_seen(line: str) -> None:
    assert dangers(line)


def test_asking_the_database_is_no_danger() -> None:
    assert dangers("import re\ndb.exec(select(Person))\nre.compile('a')") == []


def test_our_scripts_write_text_and_never_markup() -> None:
    scripts = sorted(SCRIPTS.rglob("*.js"))
    assert len(scripts) > 10
    for script in scripts:
        assert MARKUP.findall(script.read_text()) == [], script.name
    assert MARKUP.search("box.innerHTML = typed")
