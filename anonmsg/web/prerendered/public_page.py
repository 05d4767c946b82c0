"""Serves public pages with the owner's name filled in before any script runs.

Each person's page is filled and compressed once; only its random retry key is
new in each response. The database is asked about a page at most once a second.
"""

from __future__ import annotations

import re
import time
import unicodedata
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anonmsg import addresses
from anonmsg.config import Settings
from anonmsg.errors import PageNotFound
from anonmsg.locale import _
from anonmsg.public import PublicPage
from anonmsg.rules import username_key
from anonmsg.runtime.runtime import current
from anonmsg.runtime.topics import Hub, page_of
from anonmsg.security.codes import new_token
from anonmsg.services.accounts import people
from anonmsg.services.inbox import sharing
from anonmsg.web.pictures import preview_tags
from anonmsg.web.prerendered.build import BuiltPages, with_head
from anonmsg.web.prerendered.built_markup import UnexpectedBuild, find
from anonmsg.web.prerendered.inlining import expect_inlined
from anonmsg.web.prerendered.negotiation import preferred_coding
from anonmsg.web.prerendered.pages import Pages
from anonmsg.web.prerendered.spliced_gzip import SplicedGzip
from anonmsg.web.use_cases import run

OWNER_MARKER, CALLED_MARKER = ">someone</span>", ">somebody</span>"
INBOX_MARKER = 'data-inbox="unknown"'
KEY_MARKER = "the-random-key-of-the-form"
KEY_FIELD = Markup(
    '<input type="hidden" id="compose-key" name="key" form="compose" value="{}"/></body>'
)
TITLE = re.compile("<title>.*?</title>")
ABOUT = {
    name: re.compile(rf'<p\b[^>]*data-about="{name}"[^>]*> </p>') for name in ("prompt", "bio")
}
# The site's own preview, which the person's preview replaces.
SITE_IMAGE = re.compile(r'<meta [^>]*property="og:image"[^>]*/>')
# Seconds before a page is looked up again, in case another process has changed
# it. Changes by this process are known immediately.
KNOWN_FOR = 1.0
MOST_KNOWN = 2000
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
        self._known: dict[str, tuple[float, PublicPage | None]] = {}
        self._prepared: dict[PublicPage, SplicedGzip] = {}
        self._hub: Hub | None = None
        expect_inlined(page.html, addresses.PUBLIC_PAGE.path)
        # Fill it once now, so that a changed build fails at startup, not for a visitor.
        self._spliced(PublicPage("someone", accepts_messages=False, bio="A", prompt="A"))

    async def answer(self, request: Request) -> Response:
        """GET /u/<username>."""
        if (meant := _without_punctuation(request.path_params["username"])) is not None:
            return RedirectResponse(addresses.public_path(meant), 302)
        found = await self._find(username_key(request.path_params["username"]))
        if found is None:
            return await self._pages.lost(request)
        if username_key(found.username) != username_key(request.path_params["username"]):
            # A recently changed username redirects to the new one while it's held.
            return RedirectResponse(addresses.public_path(found.username), 302)
        prepared = self._prepared.get(found)
        if prepared is None:
            prepared = self._spliced(found)
            _keep(self._prepared, found, prepared)
        accepted = request.headers.get("accept-encoding", "")
        coding = preferred_coding(accepted, ("gzip", "identity"))
        body = prepared.gzip if coding == "gzip" else prepared.plain
        answer = Response(body(escape(new_token())), media_type="text/html")
        if coding == "gzip":
            answer.headers["Content-Encoding"] = coding
        answer.headers["Content-Security-Policy"] = self._page.csp
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    async def _find(self, key: str) -> PublicPage | None:
        self._listen()
        asked_at, found = self._known.get(key, (0.0, None))
        now = time.monotonic()
        if now - asked_at < KNOWN_FOR:
            return found
        try:
            found = await run(people.page, username=key)
        except PageNotFound:
            found = None
        _keep(self._known, key, (now, found))
        return found

    def _listen(self) -> None:
        hub = current().hub
        if hub is not self._hub:
            self._hub = hub
            hub.listeners.append(self._forget)

    def _forget(self, topic: str) -> None:
        for key in [key for key in self._known if page_of(key) == topic]:
            del self._known[key]

    def _spliced(self, found: PublicPage) -> SplicedGzip:
        return SplicedGzip(self._filled(found), KEY_MARKER)

    def _filled(self, found: PublicPage) -> Markup:
        about = {"prompt": found.prompt, "bio": found.bio}
        title = sharing.preview(found.username, called=found.called).title
        built_title, built_image = self._place(TITLE), self._place(SITE_IMAGE)
        state = "open" if found.accepts_messages else "closed"
        html = self._page.filled(
            [
                (built_image, Markup("")),
                (OWNER_MARKER, Markup(">{}</span>").format(found.username)),
                (CALLED_MARKER, Markup(">{}</span>").format(found.called)),
                *(self._written(each, words) for each, words in about.items()),
                (INBOX_MARKER, Markup('data-inbox="{}"').format(state)),
                (built_title, Markup("<title>{}</title>").format(title)),
                ("</body>", KEY_FIELD.format(KEY_MARKER)),
            ]
        )
        return with_head(html, self._head(found, title))

    def _written(self, name: str, words: str) -> tuple[str, Markup]:
        """Return the place for one of the owner's own texts, and its replacement."""
        place = self._place(ABOUT[name])
        if not words:
            return place, place
        tag = place.removesuffix(" </p>").replace('data-says=" "', Markup('data-says="said"'))
        return place, tag + words + Markup("</p>")

    def _place(self, pattern: re.Pattern[str]) -> Markup:
        place = find(self._page.html, pattern)
        if place is None:
            raise UnexpectedBuild(f"The built public page has nothing like {pattern.pattern}.")
        return place

    def _head(self, found: PublicPage, title: str) -> Markup:
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
            about=about.format(name=found.username),
            url=addresses.public_link(self._settings.site, found.username),
            title=title,
        )
        return tags + preview_tags(self._settings.site, found.username)


def _without_punctuation(written: str) -> str | None:
    """Return the username in front of punctuation that was copied with the link, if any."""
    meant = COPIED_WITH_IT.sub("", written)
    rest = written[len(meant) :]
    is_punctuation = all(unicodedata.category(each)[0] in "PZ" or each in "<>`" for each in rest)
    return meant if rest and is_punctuation and username_key(meant) else None


def _keep(kept: dict[Any, Any], key: object, value: object) -> None:
    if len(kept) >= MOST_KNOWN:
        kept.clear()
    kept[key] = value
