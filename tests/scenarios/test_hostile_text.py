"""Text that is slow to normalise never reaches the normaliser, whichever way it comes in.

Every entry is found from a registry: each POST of the address table with each field
that our code reads, and each argument of each handler that the guard admits.
"""

from __future__ import annotations

import ast
import inspect
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zxcvbn
from starlette.testclient import TestClient

import anonmsg
from anonmsg import rules
from anonmsg.addresses import ADDRESSES, Audience, Post, public_path
from anonmsg.database.tables import Person
from anonmsg.framework.guard import ROOT as EVENT_ROOT
from anonmsg.framework.guard import Guard
from anonmsg.pages import STATES
from anonmsg.rules import input_bounds
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from anonmsg.web.asgi import around
from tests import factories
from tests.tabs import Site
from tests.web import build as built
from tests.web.conftest import ReflexStandIn

PACKAGE = Path(anonmsg.__file__).parent
LONGEST = input_bounds.SLACK * rules.LONGEST_MESSAGE
ONE_LETTER = "a" + "\u0301" * 500 + "\u0316" * 400
FITS_EVERY_FIELD = ONE_LETTER[:60]
HOSTILE = {
    "a letter's marks": ONE_LETTER,
    "an address": f"{ONE_LETTER[:200]}@example.com",
    "an address's domain": f"a@{ONE_LETTER[:200]}.com",
    "few enough for every field": FITS_EVERY_FIELD,
    "as much as a socket takes": "a" + "\u0301" * 4000 + "\u0316" * 3900,
    "half-width kana": "\uff76" + "\uff9e" * 900,
}
HONEST = "Zażółć gęślą jaźń, ünd ein Ärgernis"


def _read_from_forms() -> Iterator[str]:
    """The names of the fields that our handlers and routes read from a form."""
    files = [*PACKAGE.glob("pages/**/*.py"), *PACKAGE.glob("web/posts/*.py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]
                ):
                    yield name


FIELDS = sorted({"message", "key", *_read_from_forms()})
PATHS = [public_path("ada", each) for each in ADDRESSES if each.post is not Post.NOTHING]
# A choice or a secret of ours ends the request before anything typed is looked at.
SWITCHES = {"resend", "change_email", "proof", "link", "session", "choice", "message_id"}


@pytest.fixture
def normalised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is normalised, by us or by a library, and that zxcvbn reads."""
    seen: list[str] = []
    original, judge = unicodedata.normalize, zxcvbn.zxcvbn

    def watched(form: Any, words: str) -> str:
        seen.append(words)
        return original(form, words)

    def watched_judge(password: str, **more: Any) -> Any:
        assert len(password) <= 72
        return judge(password, **more)

    monkeypatch.setattr(unicodedata, "normalize", watched)
    monkeypatch.setattr("anonmsg.security.guessing.zxcvbn", watched_judge)
    return seen


def is_harmless(words: str) -> bool:
    """Whether a text is short, and has no long run of marks."""
    try:
        input_bounds.refuse_long_runs(words)
    except input_bounds.TooManyMarks:
        return False
    return len(words) <= LONGEST


def forms(text: str) -> list[dict[str, str]]:
    """The text in every field, with and without the fields that decide what a form does."""
    whole = dict.fromkeys(FIELDS, text)
    plain = {name: text for name in FIELDS if name not in SWITCHES}
    named = [plain | {"identifier": "ada"}, plain | {"identifier": "ada@example.com"}]
    # Which way a form goes doesn't depend on the text.
    ways = sorted(SWITCHES) if text == FITS_EVERY_FIELD else []
    return [whole, plain, *named, *(plain | {way: "yes"} for way in ways)]


@pytest.fixture
def browser(runtime: Runtime, ctx: Context, tmp_path: Path) -> Iterator[TestClient]:
    """A browser that is signed in as Ada."""
    factories.person(ctx)
    app = around(ReflexStandIn(), runtime.settings, built.write(tmp_path / "client"))
    with TestClient(
        app,
        base_url=runtime.settings.site,
        follow_redirects=False,
        headers={"sec-fetch-site": "same-origin"},
    ) as client:
        typed = {"identifier": "ada", "password": factories.PASSWORD}
        assert client.post("/sign-in", data=typed).status_code == 303
        yield client


def test_the_fields_are_found() -> None:
    typed = {"username", "email", "password", "message", "bio", "prompt", "display_name"}
    assert typed | {"code", "new_password", "identifier", "key", "link"} | SWITCHES <= set(FIELDS)


@pytest.mark.parametrize("path", PATHS)
def test_no_post_normalises_it(
    browser: TestClient, runtime: Runtime, path: str, normalised: list[str]
) -> None:
    for text in (HONEST, *HOSTILE.values()):
        for form in forms(text):
            # No limit may hide what comes after it.
            runtime.rate_limits = RateLimits()
            assert browser.post(path, data=form).status_code < 500
    assert [each[:40] for each in normalised if not is_harmless(each)] == []


@pytest.mark.parametrize(("path", "field"), [("/u/ada", "message"), ("/sign-up", "password")])
def test_what_people_write_is_normalised(
    browser: TestClient, path: str, field: str, normalised: list[str]
) -> None:
    browser.post(path, data={field: HONEST})
    assert HONEST in normalised


def arguments(handler: Callable[..., Any]) -> list[str]:
    """The names of a handler's arguments."""
    return [name for name in inspect.signature(handler).parameters if name != "self"]


HANDLERS = {
    name: arguments(state.event_handlers[name.rpartition(".")[2]].fn)
    for state in STATES
    for name in Guard([state]).audiences
}
AUDIENCES = Guard(STATES).audiences


def payloads(names: list[str], text: str) -> list[dict[str, Any]]:
    """The text in a handler's arguments: as it is, and in every field of a form."""
    return [dict.fromkeys(names, text)] + [
        dict.fromkeys(names, form) for form in (forms(text) if "form" in names else [])
    ]


def test_every_handler_is_walked() -> None:
    assert HANDLERS.keys() == AUDIENCES.keys()
    assert sum("form" in names for names in HANDLERS.values()) >= 15


@pytest.mark.parametrize("handler", sorted(name for name, names in HANDLERS.items() if names))
async def test_no_event_normalises_it(
    site: Site, ctx: Context, handler: str, normalised: list[str]
) -> None:
    ada: Person = factories.person(ctx)
    if AUDIENCES[handler] is Audience.LEAVING:
        with ctx.writing() as db:
            ada.leaves_at = ctx.now
            db.add(ada)
    is_owner = AUDIENCES[handler] is not Audience.EVERYONE
    tab = site.tab("/dashboard" if is_owner else "/u/ada", "ada" if is_owner else "")
    await tab.load()
    for text in (HONEST, *HOSTILE.values()):
        for payload in payloads(HANDLERS[handler], text):
            site.runtime.rate_limits = RateLimits()
            await tab.send(f"{EVENT_ROOT}{handler}", **payload)
    assert [each[:40] for each in normalised if not is_harmless(each)] == []
