"""Serves public pages with the owner's name filled in before any script runs.

Nothing about a person is kept between two requests, and every request asks the
database and does the same work, whoever is asked for. With a cache, the time of one
answer would tell whether somebody opened the page a moment ago, or whether its owner
changed something since. It's fast without: what all pages share is compressed once
(`spliced_gzip.py`), and the look-up is one indexed read.

The places to fill are random words made at startup, so that nothing that an owner
writes can be taken for one.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anonmsg import addresses
from anonmsg.config import Settings
from anonmsg.locale import _
from anonmsg.public import PublicPage
from anonmsg.rules import username_key
from anonmsg.security.codes import new_token
from anonmsg.services.accounts import page_lookup
from anonmsg.services.inbox import sharing
from anonmsg.web.pictures import preview_tags
from anonmsg.web.prerendered.build import BuiltPages, with_head
from anonmsg.web.prerendered.built_markup import UnexpectedBuild, find
from anonmsg.web.prerendered.inlining import expect_inlined
from anonmsg.web.prerendered.negotiation import preferred_coding
from anonmsg.web.prerendered.pages import Pages
from anonmsg.web.prerendered.spliced_gzip import Part, SplicedGzip
from anonmsg.web.use_cases import glance

OWNER_MARKER, CALLED_MARKER = ">someone</span>", ">somebody</span>"
INBOX_MARKER = 'data-inbox="unknown"'
KEY_FIELD = Markup(
    '<input type="hidden" id="compose-key" name="key" form="compose" value="{}"/></body>'
)
TITLE = re.compile("<title>.*?</title>")
ABOUT = {
    name: re.compile(rf'<p\b[^>]*data-about="{name}"[^>]*> </p>')
    for name in ("prompt", "bio", "reopens", "delivery")
}
# The site's own preview, which the person's preview replaces.
SITE_IMAGE = re.compile(r'<meta [^>]*property="og:image"[^>]*/>')
RawHeaders: TypeAlias = "list[tuple[bytes, bytes]]"
PARTS = ("username", "called", "inbox", *ABOUT, "key")
# What a sentence puts after a link, and people copy with it. No username has any of it.
COPIED_WITH_IT = re.compile(r"[^A-Za-z0-9_]+$")


class PublicPages:
    """Answers GET for everyone's public page."""

    def __init__(self, built: BuiltPages, pages: Pages, settings: Settings) -> None:
        """Load the public page's template from the build.

        Args:
            built: The build.
            pages: The other pages, for the 404 page.
            settings: The settings.

        Raises:
            UnexpectedBuild: the page is missing, or a place to fill in it.
        """
        page = built.get(addresses.BUILT_PUBLIC_PAGE)
        if page is None:
            raise UnexpectedBuild("The build has no public page.")
        self._page = page
        self._pages, self._settings = pages, settings
        expect_inlined(page.html, addresses.PUBLIC_PAGE.path)
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": self._page.csp,
            "Cache-Control": "no-store",
            "Vary": "Accept-Encoding",
            "X-Robots-Tag": "noindex",
        }
        self._headers = _raw(headers)
        self._headers_of_gzip = _raw(headers | {"Content-Encoding": "gzip"})
        self._empty = {name: self._place(pattern) for name, pattern in ABOUT.items()}
        self._said = {name: _said(place) for name, place in self._empty.items()}
        tokens = {name: secrets.token_hex(16) for name in PARTS}
        self._spliced = SplicedGzip(list(_cut(self._template(tokens), tokens)))

    async def answer(self, request: Request) -> Response:
        """GET /u/<username>."""
        written = request.path_params["username"]
        if (meant := _without_punctuation(written)) is not None:
            return RedirectResponse(addresses.public_path(meant), 302)
        key = username_key(written)
        found = await glance(page_lookup.page, key)
        if found is None:
            return await self._pages.lost(request)
        if found.username != written and username_key(found.username) != key:
            # A recently changed username redirects to the new one while it's held.
            return RedirectResponse(addresses.public_path(found.username), 302)
        coding = preferred_coding(request.headers.get("accept-encoding", ""), ("gzip", "identity"))
        parts = self._parts(found)
        if coding != "gzip":
            return _Html(self._spliced.plain(parts), self._headers)
        return _Html(self._spliced.gzip(parts), self._headers_of_gzip)

    def _parts(self, found: PublicPage) -> dict[str, Markup]:
        """Return what differs in this response, as markup."""
        return {
            "username": escape(found.username),
            "called": escape(found.called),
            "inbox": escape("open" if found.accepts_messages else "closed"),
            "prompt": self._about("prompt", found.prompt),
            "bio": self._about("bio", found.bio),
            "reopens": self._about("reopens", found.reopens),
            "delivery": self._about("delivery", found.delivery),
            "key": escape(new_token()),
        }

    def _about(self, name: str, words: str) -> Markup:
        """Return one of the owner's own texts in its element, or the empty element."""
        return self._said[name] + words + Markup("</p>") if words else self._empty[name]

    def _template(self, tokens: Mapping[str, str]) -> Markup:
        """Return the page with a random word in the place of each part."""
        username, called = tokens["username"], tokens["called"]
        title = sharing.preview(username, called=called).title
        html = self._page.filled(
            [
                (self._place(SITE_IMAGE), Markup("")),
                (OWNER_MARKER, Markup(">{}</span>").format(username)),
                (CALLED_MARKER, Markup(">{}</span>").format(called)),
                *((place, escape(tokens[name])) for name, place in self._empty.items()),
                (INBOX_MARKER, Markup('data-inbox="{}"').format(tokens["inbox"])),
                (self._place(TITLE), Markup("<title>{}</title>").format(title)),
                ("</body>", KEY_FIELD.format(tokens["key"])),
            ]
        )
        return with_head(html, self._head(username, title))

    def _place(self, pattern: re.Pattern[str]) -> Markup:
        place = find(self._page.html, pattern)
        if place is None:
            raise UnexpectedBuild(f"The built public page has nothing like {pattern.pattern}.")
        return place

    def _head(self, username: str, title: str) -> Markup:
        about = _(
            "Tell {name} what you think. We store the text and the time, and nothing about "
            "who wrote it."
        )
        tags = Markup(
            '<meta name="description" content="{about}"/>'
            '<meta name="robots" content="noindex"/>'
            '<link rel="canonical" href="{url}"/>'
            '<meta property="og:title" content="{title}"/>'
            '<meta property="og:description" content="{about}"/>'
            '<meta property="og:url" content="{url}"/><meta property="og:type" content="profile"/>'
        ).format(
            about=about.format(name=username),
            url=addresses.public_link(self._settings.site, username),
            title=title,
        )
        return tags + preview_tags(self._settings.site, username)


class _Html(Response):
    """A page whose headers are always the same, and were encoded once."""

    def __init__(self, body: bytes, headers: RawHeaders) -> None:
        self.status_code, self.body, self.background = 200, body, None
        self.raw_headers = [*headers, (b"content-length", b"%d" % len(body))]


def _raw(headers: Mapping[str, str]) -> RawHeaders:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _said(place: Markup) -> Markup:
    """Return the opening tag of a text that the owner has written."""
    return place.removesuffix(" </p>").replace('data-says=" "', Markup('data-says="said"'))


def _cut(html: Markup, tokens: Mapping[str, str]) -> Iterator[Markup | Part]:
    """Yield a page's fixed text and its parts, in order.

    Raises:
        UnexpectedBuild: a part has no place in the page.
    """
    names = {token: name for name, token in tokens.items()}
    for token, name in names.items():
        if token not in html:
            raise UnexpectedBuild(f"The built public page has no place for the {name}.")
    end = 0
    for found in re.finditer("|".join(names), html):
        yield html[end : found.start()]
        yield Part(names[found[0]])
        end = found.end()
    yield html[end:]


def _without_punctuation(written: str) -> str | None:
    """Return the username in front of punctuation that was copied with the link, if any."""
    meant = COPIED_WITH_IT.sub("", written)
    rest = written[len(meant) :]
    is_punctuation = all(unicodedata.category(each)[0] in "PZ" or each in "<>`" for each in rest)
    return meant if rest and is_punctuation and username_key(meant) else None
