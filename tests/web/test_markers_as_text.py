"""What an owner writes is text, even if it looks like a place that the server fills in.

The words that could be taken for one are found in the code: every constant of the
modules that fill in pages, and the built page itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

import anonmsg
from anonmsg import rules
from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.web.prerendered import public_page
from tests.web import build

PACKAGE = Path(anonmsg.__file__).parent
ROOMS = ("web/prerendered", "web/posts", "web/pictures.py", "components", "pages/public_page")
FIELDS = {
    "display_name": rules.LONGEST_DISPLAY_NAME,
    "prompt": rules.LONGEST_PROMPT,
    "bio": rules.LONGEST_BIO,
}


def _constants() -> Iterator[str]:
    for room in ROOMS:
        place = PACKAGE / room
        for file in place.rglob("*.py") if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _words() -> list[str]:
    tags = re.findall(r"<[^>]*>[^<]*", build.PUBLIC + build.HEAD)
    found = {" ".join(each.split()) for each in (*_constants(), *tags, *public_page.PARTS)}
    return sorted(each for each in found if 0 < len(each) <= rules.LONGEST_BIO)


WORDS = _words()


def describe(ctx: Context, ada: Person, words: str) -> dict[str, str]:
    """Write the words into every field that has room for them."""
    said = {name: words if len(words) <= longest else "" for name, longest in FIELDS.items()}
    with ctx.writing() as db:
        for name, text in said.items():
            setattr(ada, name, text)
        db.add(ada)
    return {name: text for name, text in said.items() if text}


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_every_place_may_stand_in_every_field(
    client: TestClient, ctx: Context, ada: Person, accepted: str
) -> None:
    assert public_page.OWNER_MARKER in WORDS
    assert public_page.INBOX_MARKER in WORDS
    for words in WORDS:
        said = describe(ctx, ada, words)
        page = client.get("/u/ada", headers={"accept-encoding": accepted})
        assert page.status_code == 200, words
        # As text wherever it's shown: the heading and the title, the prompt, the bio.
        assert page.text.count(escape(words)) >= len(said), words
        assert page.text.count('id="compose-key"') == 1, words
        assert page.text.count('data-inbox="open"') == 1, words


def test_the_places_are_other_words_in_each_process(
    client: TestClient, ctx: Context, ada: Person
) -> None:
    first = client.get("/u/ada").text
    second = client.get("/u/ada").text
    key = re.compile(r'id="compose-key" name="key" form="compose" value="([^"]+)"')
    keys = [key.search(each)[1] for each in (first, second)]
    assert keys[0] != keys[1]
    assert first.replace(keys[0], "") == second.replace(keys[1], "")
    assert not re.search("[0-9a-f]{32}", first.replace(keys[0], ""))
