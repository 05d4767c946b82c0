"""The house's import rules: which package may depend on which."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import anonmsg

PACKAGE = Path(anonmsg.__file__).parent
PLAIN = {"addresses", "errors", "locale", "public"}
# What each package may import from ours, besides itself.
ALLOWED: dict[str, set[str]] = {
    "__main__": {"commands"},
    "addresses": set(),
    "background": {
        *("config", "database.inspection", "mail.conversations", "runtime", "services"),
    },
    "commands": PLAIN
    | {"config", "database.inspection", "framework.server", "mail", "rules", "runtime", "services"}
    | {"security.codes", "security.tokens"},
    "components": {"addresses", "config.palette", "framework.elements", "locale", "public"},
    "config": set(),
    "database": {"security.codes"},
    "errors": set(),
    "framework": PLAIN | {"config", "runtime", "services"},
    "locale": set(),
    "mail": {"config", "locale"},
    "pages": {"addresses", "components", "errors.N_", "locale", "public"},
    "pictures": {"config.palette", "errors", "locale"},
    "public": set(),
    "reserved_usernames": {"addresses"},
    "rules": {"errors", "reserved_usernames", "security.guessing"},
    "runtime": {"config", "database.engine", "database.reader", "errors", "mail", "security"},
    "security": {"config"},
    "services": PLAIN | {"config", "database", "mail", "rules", "runtime", "security"},
    "web": PLAIN
    | {"config", "framework", "pictures", "rules", "runtime", "services"}
    | {"security.codes", "security.tokens"},
}
# Pages show what their state holds; only the state calls the use cases.
STATE = ALLOWED["framework"] | {"framework", "pictures.qr", "rules"}
KNOWS_REFLEX = {"pages", "components", "framework"}
# An address of a database is read as SQLAlchemy reads it.
KNOWS_TABLES = {"services", "database", "runtime.context", "config.database_address"}


def allowed_for(name: str) -> set[str]:
    """The packages a module may import from, which always include its own."""
    room = name.partition(".")[0]
    is_state = name.endswith("state")
    below = {"components.frame.state"} if name.startswith("components.frame.") else set()
    return ALLOWED.get(room, set()) | {room} | below | (STATE if is_state else set())


def is_within(name: str, parts: set[str]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def imported(source: str, name: str) -> Iterator[str]:
    """What a module imports, as full dotted names, wherever the import is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ["anonmsg", *name.split(".")][: -node.level] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def complaints(name: str, source: str) -> list[str]:
    """What a module, such as "services.inbox.messages", imports but may not."""
    found = []
    for target in imported(source, name):
        top, _, ours = target.partition(".")
        wrong = (
            (top == "anonmsg" and name != "anonmsg" and not is_within(ours, allowed_for(name)))
            or (top.startswith("reflex") and not is_within(name, KNOWS_REFLEX | {"anonmsg"}))
            or (top in {"sqlmodel", "sqlalchemy"} and not is_within(name, KNOWS_TABLES))
        )
        found += [f"{name} imports {target}"] if wrong else []
    return found


def modules() -> dict[str, str]:
    """Every module's dotted name and source."""
    files = {
        ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
        for file in sorted(PACKAGE.rglob("*.py"))
    }
    return {name: file.read_text() for name, file in files.items() if name != "__init__"}


def test_the_arrows_hold() -> None:
    assert [line for each in modules().items() for line in complaints(*each)] == []


def test_every_room_of_the_house_has_its_line_in_the_table() -> None:
    assert {name.partition(".")[0] for name in modules()} - {"anonmsg"} == set(ALLOWED)


def test_the_house_has_few_entries_and_no_name_stands_in_two_rooms() -> None:
    rooms = [each for each in PACKAGE.iterdir() if each.is_file() or [*each.rglob("*.py")]]
    assert len(rooms) <= 22
    stems = [file.stem for file in PACKAGE.rglob("*.py")]
    twice = {stem for stem in stems if stems.count(stem) > 1}
    assert twice == {"page", "state", "__init__"}


def test_no_route_runs_a_use_case_whose_failure_would_lose_what_was_typed() -> None:
    runs = {f"anonmsg.runtime.runtime.{each}" for each in ("run", "run_hashing", "together")}
    # The doorway answers a socket, which has no form.
    bare = {
        name
        for name, source in modules().items()
        if is_within(name, {"web"}) and runs & {*imported(source, name)}
    }
    assert bare == {"web.asgi"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("pages.home.page", "from anonmsg.services.accounts import people"),
        ("pages.dashboard.page", "import anonmsg.runtime.context"),
        ("pages.verify.state", "from anonmsg.database.tables import Message"),
        ("pages.verify.state", "from anonmsg.security.passwords import Passwords"),
        ("pages.verify.state", "from sqlmodel import select"),
        ("pages.verify.state", "from ...database import tables"),
        ("components.fields", "from anonmsg.framework import visitor"),
        ("components.fields", "from anonmsg.config import settings"),
        ("components.frame.frame", "from anonmsg.pages.dashboard.state import DashboardState"),
        ("web.cookies", "from anonmsg.database.engine import Database"),
        ("web.cookies", "import reflex as rx"),
        ("framework.guard", "import sqlalchemy"),
        ("services.operators", "from anonmsg.pages.verify.state import VerifyState"),
        ("services.operators", "from anonmsg.web import cookies"),
        ("services.operators", "def f():\n    import reflex"),
        ("runtime.context", "from anonmsg.services import outbox"),
        ("runtime.rate_limits", "import sqlmodel"),
        ("errors.refusals", "from anonmsg.locale import _"),
        ("public", "from anonmsg.database.tables import Person"),
        ("config.smtp", "from anonmsg import errors"),
        ("security.tokens", "from anonmsg.database.tables import Person"),
    ],
)  # fmt: skip
def test_a_broken_arrow_is_seen(name: str, line: str) -> None:
    source = modules()[name]
    assert complaints(name, source) == []
    assert complaints(name, f"{source}\n{line}\n") != []
