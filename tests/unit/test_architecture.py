"""DESIGN.md's arrows: which part of the house may lean on which."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import anonmsg

PACKAGE = Path(anonmsg.__file__).parent
WORDS = {"errors", "locale"}
# Ids and random keys are made, tokens timed, where they are needed.
EDGE = WORDS | {"config", "context", "services", "public", "framework", "live", "rules"}
EDGE |= {"security.codes", "security.tokens"}
# What each part may import of ours, beside itself. A part is a folder or a module.
ALLOWED: dict[str, set[str]] = {
    "pages": {"components", "state", "locale"},
    "components": {"public", "locale"},
    "state": EDGE | {"qr"},
    "http": EDGE | {"previews", "qr"},
    "framework": {"context", "errors", "live", "services"},
    "edge": {"config", "context", "framework", "http", "services"},
    "prerender": set(),
    "lifespan": {"config", "context", "services"},
    "queues": set(),
    "__main__": {"commands"},
    "commands": EDGE | {"letters", "limiter", "mail", "schema"},
    "services": WORDS
    | {"archive", "config", "context", "db", "letters", "live", "mail", "models", "public", "rules"}
    | {"security"},
    "context": {"config", "db", "errors", "limiter", "live", "mail", "queues", "vault"},
    "vault": {"config", "security"},
    "mail": {"config", "letters", "mailers"},
    "mailers": {"config", "letters"},
    "archive": {"locale", "public"},
    "letters": {"letterhead", "locale"},
    "letterhead": {"locale"},
    "models": {"security.codes"},
    "migrations": {"models"},
    "rules": {"errors", "reserved"},
    "limiter": {"errors"},
    "db": set(),
    "schema": {"db"},
    "security": set(),
    "previews": {"lettering"},
    "lettering": {"typefaces"},
    "typefaces": set(),
    "qr": set(),
    "live": set(),
    "reserved": set(),
    "locale": set(),
    "errors": set(),
    "public": set(),
    "config": set(),
}
# The one component that shows who is signed in.
READS_A_STATE = "components.frame"
ASSEMBLES = {"anonmsg", "edge", "framework", "prerender"}
KNOWS_REFLEX = ASSEMBLES | {"pages", "components", "state"}
KNOWS_TABLES = {"services", "models", "db", "schema", "context", "migrations"}


def imported(module: ast.Module, name: str) -> Iterator[str]:
    """What a module imports, dotted and whole, wherever in it the import stands."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ["anonmsg", *name.split(".")][: -node.level] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def is_within(name: str, parts: set[str]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def complaints(name: str, source: str) -> list[str]:
    """What a module, such as "services.messages", imports and may not."""
    part = name.partition(".")[0]
    found = []
    for target in imported(ast.parse(source), name):
        ours = target.removeprefix("anonmsg.")
        known = {"anonmsg"} if target == "anonmsg" else set(ALLOWED) | {"anonmsg"}
        if target.startswith("anonmsg.") and is_within(ours, known) and part != "anonmsg":
            allowed = ALLOWED.get(part, set()) | {part}
            if name == READS_A_STATE:
                allowed |= {"state.frame"}
            # "from anonmsg.security import codes" names the folder first.
            is_folder = any(each.startswith(f"{ours}.") for each in allowed)
            if not is_within(ours, allowed) and not is_folder:
                found.append(f"{name} imports {target}")
        top = target.partition(".")[0]
        if top.startswith("reflex") and part not in KNOWS_REFLEX:
            found.append(f"{name} imports {target}")
        if top in {"sqlmodel", "sqlalchemy"} and part not in KNOWS_TABLES:
            found.append(f"{name} imports {target}")
    return found


def modules() -> list[tuple[str, str]]:
    """Every module's dotted name and source."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(file.relative_to(PACKAGE).with_suffix("").parts)
        found.append((name.removesuffix(".__init__"), file.read_text()))
    return [(name, source) for name, source in found if name != "__init__"]


def test_the_arrows_hold() -> None:
    assert [line for name, source in modules() for line in complaints(name, source)] == []


def test_every_part_of_the_house_has_its_line_in_the_table() -> None:
    parts = {name.partition(".")[0] for name, _ in modules()} - {"anonmsg"}
    assert parts == set(ALLOWED)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("pages.home", "from anonmsg.services import people"),
        ("pages.home", "import anonmsg.context"),
        ("components.inbox", "from anonmsg.state.frame import FrameState"),
        ("components.inbox", "from anonmsg import context"),
        ("components.frame", "from anonmsg.state.dashboard import DashboardState"),
        ("state.page", "from anonmsg.models import Message"),
        ("state.page", "from anonmsg import models"),
        ("state.page", "from sqlmodel import select"),
        ("state.page", "from anonmsg.http import plain"),
        ("state.page", "from anonmsg.security.passwords import Passwords"),
        ("state.page", "from ..models import Message"),
        ("http.pages", "from anonmsg.db import Database"),
        ("http.pages", "import sqlalchemy"),
        ("http.pages", "import reflex as rx"),
        ("framework.guard", "from anonmsg.models import SignIn"),
        ("services.people", "from anonmsg.state.page import PageState"),
        ("services.people", "from anonmsg.http.cookies import Cookies"),
        ("services.people", "from reflex.state import State"),
        ("services.people", "def f():\n    import reflex"),
        ("context", "from anonmsg.services import people"),
        ("limiter", "import sqlmodel"),
        ("errors", "from anonmsg.locale import _"),
        ("public", "from anonmsg.models import Person"),
        ("config", "from anonmsg import errors"),
        ("security.tokens", "from anonmsg.models import SignIn"),
    ],
)
def test_a_broken_arrow_is_seen(name: str, line: str) -> None:
    source = dict(modules())[name]
    assert complaints(name, source) == []
    assert complaints(name, f"{source}\n{line}\n") != []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("pages.home", "from anonmsg.state.page import PageState"),
        ("components.frame", "from anonmsg.state.frame import FrameState"),
        ("state.page", "from anonmsg.security import codes"),
        ("services.people", "from anonmsg import letters"),
        ("services.people", "from . import names"),
    ],
)
def test_an_arrow_that_is_allowed_is_not_complained_of(name: str, line: str) -> None:
    assert complaints(name, line) == []
