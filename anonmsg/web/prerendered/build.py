"""The pages that Reflex prerendered, each with the strictest CSP it works with."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response

from anonmsg.web.prerendered.built_markup import UnexpectedBuild, read, replaced, split
from anonmsg.web.prerendered.inlining import inline
from anonmsg.web.prerendered.negotiation import matches, preferred_coding

SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
# The site's link preview, as the pages are built with it.
PICTURE = 'content="/preview.png"'
SIDECARS = {"br": ".br", "gzip": ".gz"}
POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)


class BuiltPage:
    """One prerendered page, ready to be filled and served."""

    def __init__(self, html: Markup, bodies: Mapping[str, bytes]) -> None:
        """Keep a page.

        Args:
            html: The built page.
            bodies: The same page compressed, by content coding.
        """
        self.html = html
        self.csp = POLICY.format(
            hashes="".join(f" '{_source_hash(script)}'" for script in inline_scripts(html))
        )
        self._bodies = {"identity": html.encode(), **bodies}
        self._digest = hashlib.sha256(self._bodies["identity"]).hexdigest()[:32]
        # The pieces alternate between HTML and scripts.
        self._pieces = split(html, SCRIPT)

    def filled(self, changes: Sequence[tuple[str, Markup]]) -> Markup:
        """Return the page with its markers replaced and its inline scripts untouched.

        All markers are replaced in a single pass, so that a marker that someone
        typed into one value isn't replaced in turn.

        Args:
            changes: The markers, exactly as in the page, each with the markup
                that replaces it everywhere.

        Raises:
            UnexpectedBuild: the page no longer contains a marker.
        """
        markup = dict(changes)
        if not markup:
            return self.html
        outside = self._pieces[::2]
        for marker in markup:
            if not any(marker in piece for piece in outside):
                raise UnexpectedBuild(f"The built page has no {marker!r} any more.")
        longest_first = sorted(markup, key=len, reverse=True)
        pattern = re.compile("|".join(re.escape(marker) for marker in longest_first))
        pieces = list(self._pieces)
        pieces[::2] = [replaced(each, pattern, lambda found: markup[found]) for each in outside]
        return Markup("").join(pieces)

    def response(
        self,
        request_headers: Mapping[str, str],
        *,
        status: int = 200,
        html: Markup | None = None,
    ) -> Response:
        """Answer with the page in the browser's preferred compression.

        Args:
            request_headers: The headers by lower-case name, as in Starlette.
            status: The response's status.
            html: The page filled in for this response only, which nobody may
                cache. By default, the built page.
        """
        body, coding = self._packed(html, request_headers.get("accept-encoding", ""))
        headers = {"Content-Security-Policy": self.csp, "Vary": "Accept-Encoding"}
        if html is None and status == 200:
            etag = f'"{self._digest}-{coding}"'
            headers |= {"Cache-Control": "no-cache", "ETag": etag}
            if matches(request_headers.get("if-none-match", ""), etag):
                return Response(None, 304, headers)
        else:
            headers["Cache-Control"] = "no-store"
        if coding != "identity":
            headers["Content-Encoding"] = coding
        return Response(body, status, headers, media_type="text/html")

    def _packed(self, html: Markup | None, accepted: str) -> tuple[bytes, str]:
        """Return the body and its coding: only gzip for a filled page, as someone is waiting."""
        if html is None:
            coding = preferred_coding(accepted, tuple(self._bodies))
            return self._bodies[coding], coding
        if preferred_coding(accepted, ("gzip",)) == "gzip":
            return gzip.compress(html.encode(), 5, mtime=0), "gzip"
        return html.encode(), "identity"


class BuiltPages:
    """Every prerendered page of a build, read once."""

    def __init__(self, directory: Path, *, site: str = "") -> None:
        """Read the pages of a build; a missing folder has none.

        Args:
            directory: The folder of the built pages.
            site: The site's address, which no build knows. Preview services don't
                resolve the relative address of a picture.
        """
        self.directory = directory
        self._pages: dict[str, BuiltPage] = {}
        # React Router writes u/_/index.html and a copy at u/_.html, and Reflex
        # compresses only one of them, so we read them together.
        files: dict[str, list[Path]] = {}
        for file in sorted(directory.rglob("*.html")):
            files.setdefault(_route(file.relative_to(directory)), []).append(file)
        for route, copies in files.items():
            self._pages[route] = _read(copies, directory, site)

    def get(self, route: str) -> BuiltPage | None:
        """Return the page of a route such as "/", "/sign-in" or "/u/_", or of "404"."""
        return self._pages.get(route)


def with_head(html: Markup, tags: Markup) -> Markup:
    """Insert tags right after `<head>`, where React leaves them alone.

    Raises:
        UnexpectedBuild: the page has no head.
    """
    found = HEAD.search(html)
    if found is None:
        raise UnexpectedBuild("The built page has no <head> any more.")
    return html[: found.end()] + tags + html[found.end() :]


def inline_scripts(html: Markup) -> list[str]:
    """Return the texts of a page's inline scripts, in document order."""
    reader = _ScriptReader()
    reader.feed(str(html))
    reader.close()
    return reader.scripts


class _ScriptReader(HTMLParser):
    """Collects inline scripts as a browser parses them, not as a regex would."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and not any(name == "src" for name, _ in attrs):
            self._inside = True
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def _source_hash(script: str) -> str:
    # A browser normalises line endings to \n before hashing.
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _route(file: Path) -> str:
    parts = [*file.parent.parts, file.stem]
    if parts == ["404"]:
        return "404"
    if parts[-1] == "index":
        parts.pop()
    return "/" + "/".join(parts)


def _read(copies: Sequence[Path], files: Path, site: str) -> BuiltPage:
    """Read one page from its copies; `index.html` wins if they differ."""
    page = next((each for each in copies if each.name == "index.html"), copies[0])
    built = read(page)
    picture = Markup('content="{}/preview.png"').format(site)
    html = inline(built, files).replace(PICTURE, picture)
    if html != built:
        return BuiltPage(html, {"gzip": gzip.compress(html.encode(), 9, mtime=0)})
    bodies = {}
    for coding, suffix in SIDECARS.items():
        for copy in copies:
            sidecar = copy.with_name(copy.name + suffix)
            if sidecar.exists() and read(copy) == built:
                bodies[coding] = sidecar.read_bytes()
    return BuiltPage(html, bodies)
