"""The pages as Reflex prerendered them, each with the strictest policy it runs under."""

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
SIDECARS = {"br": ".br", "gzip": ".gz"}
POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)


class BuiltPage:
    """One prerendered page, and the ways to answer with it."""

    def __init__(self, html: Markup, bodies: Mapping[str, bytes]) -> None:
        """Keep a page.

        Args:
            html: The page as it was built.
            bodies: The same page compressed, by content coding.
        """
        self.html = html
        self.csp = POLICY.format(
            hashes="".join(f" '{_source_hash(script)}'" for script in inline_scripts(html))
        )
        self._bodies = {"identity": html.encode(), **bodies}
        self._digest = hashlib.sha256(self._bodies["identity"]).hexdigest()[:32]
        # Every second piece is a script.
        self._pieces = split(html, SCRIPT)

    def filled(self, changes: Sequence[tuple[str, Markup]]) -> Markup:
        """The page with markers replaced by markup, its inline scripts untouched.

        All markers are replaced in one go, so that a marker which somebody
        wrote into one value is not taken for the next one's.

        Args:
            changes: Markers, exactly as they stand in the page, each with the
                markup for all its places.

        Raises:
            UnexpectedBuild: a marker is not in the page any more.
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
        """Answer with the page, compressed as the browser likes it.

        Args:
            request_headers: By lower-case name, as Starlette has them.
            status: The answer's status.
            html: The page filled in for this one answer, which nobody may
                keep; left out, it is the page as it was built.
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
        """The body and its coding; on the spot only gzip, as a person waits for it."""
        if html is None:
            coding = preferred_coding(accepted, tuple(self._bodies))
            return self._bodies[coding], coding
        if preferred_coding(accepted, ("gzip",)) == "gzip":
            return gzip.compress(html.encode(), 5, mtime=0), "gzip"
        return html.encode(), "identity"


class BuiltPages:
    """Every prerendered page of a build, read once."""

    def __init__(self, directory: Path) -> None:
        """Read the pages of a build; a folder that is not there holds none."""
        self.directory = directory
        self._pages: dict[str, BuiltPage] = {}
        # React Router writes u/_/index.html and a copy at u/_.html, of which
        # Reflex compresses one: they are read together.
        files: dict[str, list[Path]] = {}
        for file in sorted(directory.rglob("*.html")):
            files.setdefault(_route(file.relative_to(directory)), []).append(file)
        for route, copies in files.items():
            self._pages[route] = _read(copies, directory)

    def get(self, route: str) -> BuiltPage | None:
        """The page of a route such as "/", "/sign-in" or "/u/_"; "404" is the lost one."""
        return self._pages.get(route)


def with_head(html: Markup, tags: Markup) -> Markup:
    """Put tags right after `<head>`, where React leaves them alone.

    Raises:
        UnexpectedBuild: the page has no head.
    """
    found = HEAD.search(html)
    if found is None:
        raise UnexpectedBuild("The built page has no <head> any more.")
    return html[: found.end()] + tags + html[found.end() :]


def inline_scripts(html: Markup) -> list[str]:
    """The texts of a page's scripts that have no address, in their order."""
    reader = _ScriptReader()
    reader.feed(str(html))
    reader.close()
    return reader.scripts


class _ScriptReader(HTMLParser):
    """Collects inline scripts as a browser sees them, not as a pattern would."""

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
    # A browser reads line ends as \n before it hashes.
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _route(file: Path) -> str:
    parts = [*file.parent.parts, file.stem]
    if parts == ["404"]:
        return "404"
    if parts[-1] == "index":
        parts.pop()
    return "/" + "/".join(parts)


def _read(copies: Sequence[Path], files: Path) -> BuiltPage:
    """One page from its copies; `index.html` wins where they differ."""
    page = next((each for each in copies if each.name == "index.html"), copies[0])
    built = read(page)
    html = inline(built, files)
    if html != built:
        return BuiltPage(html, {"gzip": gzip.compress(html.encode(), 9, mtime=0)})
    bodies = {}
    for coding, suffix in SIDECARS.items():
        for copy in copies:
            sidecar = copy.with_name(copy.name + suffix)
            if sidecar.exists() and read(copy) == built:
                bodies[coding] = sidecar.read_bytes()
    return BuiltPage(html, bodies)
