"""A build that has changed stops the start with a sentence, before any visitor comes."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.routing import Router

from anonmsg.addresses import ADDRESSES, PUBLIC_PAGE
from anonmsg.config import Settings
from anonmsg.web.prerendered.build import BuiltPages
from anonmsg.web.prerendered.built_markup import UnexpectedBuild
from anonmsg.web.routes import http_app

# For each page, the text it can't be filled in without.
PLACES = {
    "sign-in": [
        *('name="identifier"', 'name="next"'),
        *(f'data-error-for="{name}"' for name in ("identifier", "password", "form")),
    ],
    "u/_": [
        *(
            "someone</span>",
            'data-inbox="unknown"',
            "somebody</span>",
            'data-about="prompt"',
            'data-about="bio"',
        ),
        *("<title>", 'property="og:image"', "</body>", "<head>"),
    ],
}
PAGES = [each.path.strip("/") or "index" for each in ADDRESSES if each.is_page]
# What Reflex writes into each page, where our script and styles go, and its own script.
IN_EVERY_PAGE = [
    '<script src="/app.js"></script>',
    'rel="stylesheet"',
    "<body>",
    '<script type="module"',
]


def start(settings: Settings, pages: Path) -> None:
    http_app(settings, BuiltPages(pages), Router())


def lose(pages: Path, page: str, text: str) -> None:
    """Remove some text from a built page, at both of its paths."""
    for file in (pages / f"{page}.html", pages / page / "index.html"):
        if file.exists():
            html = file.read_text()
            assert text in html, (page, text)
            file.write_text(html.replace(text, ""))


def test_a_whole_build_is_no_trouble(settings: Settings, pages: Path) -> None:
    start(settings, pages)


@pytest.mark.parametrize(
    ("page", "text"), [(page, text) for page, texts in PLACES.items() for text in texts]
)
def test_a_place_that_is_gone_stops_the_start(
    settings: Settings, pages: Path, page: str, text: str
) -> None:
    lose(pages, page, text)
    with pytest.raises(UnexpectedBuild, match=r"^The built "):
        start(settings, pages)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", IN_EVERY_PAGE)
def test_no_page_goes_without_its_scripts_and_styles(
    settings: Settings, pages: Path, page: str, text: str
) -> None:
    page = "u/_" if page == PUBLIC_PAGE.path.strip("/") else page
    lose(pages, page, text)
    with pytest.raises(UnexpectedBuild):
        start(settings, pages)


@pytest.mark.parametrize("page", [*PAGES, "404"])
def test_a_page_that_is_missing_stops_the_start(settings: Settings, pages: Path, page: str) -> None:
    page = "u/_" if page == PUBLIC_PAGE.path.strip("/") else page
    for file in (pages / f"{page}.html", pages / page / "index.html"):
        file.unlink(missing_ok=True)
    with pytest.raises(UnexpectedBuild, match=r"^The build has no"):
        start(settings, pages)
