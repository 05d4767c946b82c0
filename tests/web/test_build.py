"""The prerendered pages: their policies, what's filled in, and their responses."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import Response

from anonmsg.web.prerendered.build import (
    BuiltPage,
    BuiltPages,
    inline_scripts,
    with_head,
)

STREAM = Markup(r'stream.enqueue("[{\"data-inbox=\\\"unknown\\\"\":-5}]\n");')
# A miniature page, shaped like those of React Router 8 and React 19.
PAGE = Markup(
    """<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/>\
<title>Send someone</title><link rel="modulepreload" href="/assets/manifest-acf1b7ee.js"/><script>
// Not during SSR: 'someone'
if (a < b && "<body>") {}
</script><link href="/assets/x-CVAEMAlD.css" rel="stylesheet"/></head><body class="a"><main>\
<h1>Send <span id="owner">someone</span></h1><div data-inbox="unknown"></div></main>\
<script src="/static.js"></script>\
<script type="module" async="">import "/assets/manifest-acf1b7ee.js";</script>\
<!--$?--><template id="B:0"></template><!--/$--><script id="_R_">$RT=performance.now()</script>\
<div hidden id="S:0"><script>STREAM</script></div>\
<!-- <script>never run</script> --></body></html>"""
).replace("STREAM", STREAM)
SCRIPTS = [
    "\n// Not during SSR: 'someone'\nif (a < b && \"<body>\") {}\n",
    'import "/assets/manifest-acf1b7ee.js";',
    "$RT=performance.now()",
    STREAM,
]


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build's folder, with the duplicates and compressed files that Reflex leaves in it."""
    files = {
        "index.html": b"<html>home",
        "404.html": b"<html>lost",
        "sign-in.html": b"<html>sign in",
        "u/_.html": PAGE.encode(),
        "u/_.html.br": b"brotli of the page",
        "u/_.html.gz": gzip.compress(PAGE.encode()),
        "u/_/index.html": PAGE.encode(),
        "privacy.html": b"<html>old",
        "privacy.html.gz": gzip.compress(b"<html>old"),
        "privacy/index.html": b"<html>new",
        "assets/x-CVAEMAlD.css": b"a{}",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture
def page(build: Path) -> BuiltPage:
    """That build's public page."""
    found = BuiltPages(build).get("/u/_")
    assert found is not None
    return found


def headers(**values: str) -> Headers:
    """A request's headers."""
    return Headers({name.replace("_", "-"): value for name, value in values.items()})


def text(answer: Response) -> str:
    """What a browser reads."""
    body = bytes(answer.body)
    return (gzip.decompress(body) if "content-encoding" in answer.headers else body).decode()


@pytest.mark.parametrize("route", ["", "/nowhere", "/404", "/index", "/u", "/assets/x-CVAEMAlD"])
def test_a_route_that_was_not_built_has_no_page(build: Path, route: str) -> None:
    assert BuiltPages(build).get(route) is None


def test_a_missing_build_has_no_pages(tmp_path: Path) -> None:
    assert BuiltPages(tmp_path / "nowhere").get("/") is None


@pytest.mark.parametrize(
    ("route", "html"),
    [
        ("/", "<html>home"),
        ("404", "<html>lost"),
        ("/sign-in", "<html>sign in"),
        ("/privacy", "<html>new"),
        ("/u/_", PAGE),
    ],
)
def test_a_built_route_has_its_page(build: Path, route: str, html: str) -> None:
    found = BuiltPages(build).get(route)
    assert found is not None
    assert found.html == html


def test_the_policy_allows_exactly_the_pages_own_scripts(page: BuiltPage) -> None:
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in SCRIPTS]
    assert inline_scripts(PAGE) == SCRIPTS
    assert re.findall(r"'sha256-([^']+)'", page.csp) == hashes
    [script_src] = [part for part in page.csp.split("; ") if part.startswith("script-src")]
    assert script_src.startswith("script-src 'self' 'sha256-")
    assert "unsafe" not in script_src


def test_the_policy_is_closed_but_for_ourselves(page: BuiltPage) -> None:
    parts = page.csp.split("; ")
    assert parts[0] == "default-src 'none'"
    assert "unsafe-eval" not in page.csp
    for part in ("connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'"):
        assert part in parts
    for part in ("base-uri 'none'", "object-src 'none'"):
        assert part in parts


def test_a_script_is_hashed_with_the_line_ends_a_browser_sees() -> None:
    windows, unix = (
        BuiltPage(Markup("<script>a\r\nb\rc</script>"), {}),
        BuiltPage(Markup("<script>a\nb\nc</script>"), {}),
    )
    assert windows.csp == unix.csp


def test_a_marker_that_is_gone_is_an_error(page: BuiltPage) -> None:
    with pytest.raises(LookupError):
        page.filled(
            [("<title>Send someone</title>", Markup("")), ("data-inbox='unknown'", Markup(""))]
        )


@pytest.mark.parametrize("marker", ["Not during SSR", "$RT=performance", "stream.enqueue"])
def test_a_marker_that_stands_only_in_a_script_is_gone(page: BuiltPage, marker: str) -> None:
    with pytest.raises(LookupError):
        page.filled([(marker, Markup("x"))])


def test_a_filled_page_has_its_values_and_its_own_scripts(page: BuiltPage) -> None:
    changes = [("someone", Markup("ada")), ('data-inbox="unknown"', Markup('data-inbox="open"'))]
    html = page.filled(changes)
    assert "<title>Send ada</title>" in html
    assert '<span id="owner">ada</span>' in html
    assert '<div data-inbox="open">' in html
    assert inline_scripts(html) == SCRIPTS


def test_a_value_that_looks_like_a_marker_stays_a_value(page: BuiltPage) -> None:
    changes = [
        ('<span id="owner">someone', Markup("<span>unknown \\1")),
        ("unknown", Markup("open")),
    ]
    html = page.filled(changes)
    assert "<span>unknown \\1</span>" in html


def test_a_value_that_is_no_markup_is_escaped(page: BuiltPage) -> None:
    html = page.filled([("someone", "<b>ada</b>")])
    assert '<h1>Send <span id="owner">&lt;b&gt;ada&lt;/b&gt;</span></h1>' in html
    assert isinstance(html, Markup)


def test_a_page_filled_with_nothing_is_the_page(page: BuiltPage) -> None:
    assert page.filled([]) == PAGE


@pytest.mark.parametrize("html", [Markup(""), Markup("<header>"), Markup("<html><body>")])
def test_tags_need_a_head(html: Markup) -> None:
    with pytest.raises(LookupError):
        with_head(html, Markup("<meta/>"))


def test_tags_go_right_after_the_head_begins() -> None:
    assert '<head><meta name="x"/><meta charSet' in with_head(PAGE, Markup('<meta name="x"/>'))


def test_a_page_answers_in_what_was_compressed_beforehand(page: BuiltPage) -> None:
    answer = page.response(headers(accept_encoding="br, gzip"))
    assert answer.body == b"brotli of the page"
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["vary"] == "Accept-Encoding"


def test_a_stale_copy_lends_no_compressed_body(build: Path) -> None:
    found = BuiltPages(build).get("/privacy")
    assert found is not None
    assert text(found.response(headers(accept_encoding="gzip"))) == "<html>new"


def test_a_page_answers_plainly_where_nothing_else_is_taken(page: BuiltPage) -> None:
    answer = page.response(headers())
    assert (answer.status_code, text(answer)) == (200, PAGE)
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == page.csp


def test_a_page_that_a_browser_has_is_not_sent_again(page: BuiltPage) -> None:
    etag = page.response(headers(accept_encoding="br")).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = page.response(headers(accept_encoding="br", if_none_match=known))
        assert (answer.status_code, bytes(answer.body)) == (304, b"")
        assert answer.headers["etag"] == etag
        assert answer.headers["content-security-policy"] == page.csp


@pytest.mark.parametrize("known", ["", '"other"', "other"])
def test_another_copy_is_not_taken_for_the_page(page: BuiltPage, known: str) -> None:
    assert page.response(headers(if_none_match=known)).status_code == 200


def test_each_coding_has_a_tag_of_its_own(page: BuiltPage) -> None:
    plain, packed = (page.response(headers(accept_encoding=each)) for each in ("", "gzip"))
    assert plain.headers["etag"] != packed.headers["etag"]


def test_a_filled_page_is_compressed_and_kept_by_nobody(page: BuiltPage) -> None:
    html = page.filled([("someone", Markup("ada"))])
    answer = page.response(headers(accept_encoding="br, gzip", if_none_match="*"), html=html)
    assert (answer.status_code, text(answer)) == (200, html)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_a_page_with_another_status_is_sent_whole(page: BuiltPage) -> None:
    answer = page.response(headers(if_none_match="*"), status=404)
    assert (answer.status_code, text(answer)) == (404, PAGE)
    assert answer.headers["cache-control"] == "no-store"
