"""The pictures for sharing a page: link preview, story image, QR code and printable poster.

A picture is drawn once and kept for a while. So that the time of an answer doesn't
tell whether somebody fetched it before, every picture takes equally long, drawn or
kept. A network gets a few at a time and so many a minute, whichever they are.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import secrets
import time
from collections.abc import Awaitable, Callable

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.config import Settings
from anonmsg.errors import Busy, TooManyAttempts
from anonmsg.locale import _
from anonmsg.pictures import link_preview, qr, story_image
from anonmsg.pictures.picture_cache import PictureCache
from anonmsg.pictures.turns import Turns
from anonmsg.public import PublicPage
from anonmsg.rules import username_key
from anonmsg.services.accounts import page_lookup
from anonmsg.services.inbox import sharing
from anonmsg.web.posts import plain
from anonmsg.web.prerendered.negotiation import matches
from anonmsg.web.use_cases import glance, run

Lost = Callable[[Request], Awaitable[Response]]
AN_HOUR = "public, max-age=3600"
# Its owner may just have changed the words on it.
ASK_EACH_TIME = "no-cache"


# Longer than drawing takes on a quiet machine. On a busy one, drawing may take longer.
EVEN_SECONDS = 0.3
# A random part comes on top, because drawing leaves its trace in the last fraction of a
# millisecond. Nobody can average it away: a picture is drawn only once.
UNEVEN_SECONDS = 0.05
Draw = Callable[[Request, PublicPage], Awaitable[bytes]]


class Pictures:
    """Answers GET below `/u/<username>/`, with the same 404 page as the public page.

    No picture shows whether an inbox is open, because pictures outlive that.
    """

    def __init__(self, settings: Settings, lost: Lost) -> None:
        """Keep the site's address and the handler that answers 404."""
        self._site, self._lost = settings.site, lost
        self._drawings = PictureCache()
        self._turns = Turns()

    async def preview(self, request: Request) -> Response:
        """Answer with the picture that chats and feeds show next to the link."""
        return await self._picture(request, self._preview_of, "image/png")

    async def story(self, request: Request) -> Response:
        """Answer with the picture that owners put into their stories."""
        return await self._picture(request, self._story_of, "image/png", ASK_EACH_TIME)

    async def qr_svg(self, request: Request) -> Response:
        """Answer with the link as a QR code that scales to any size."""
        return await self._picture(request, self._qr_svg_of, "image/svg+xml")

    async def qr_png(self, request: Request) -> Response:
        """Answer with the link as a QR code, at most `size` pixels wide."""
        return await self._picture(request, self._qr_png_of, "image/png")

    async def _picture(
        self, request: Request, draw: Draw, media_type: str, caching: str = AN_HOUR
    ) -> Response:
        page = await self._page(request)
        if page is None:
            return await self._lost(request)
        network = request.state.network
        try:
            await run(sharing.count_picture, network=network)
            async with self._turns.of(network):
                begun = time.monotonic()
                body = await draw(request, page)
                ends = begun + EVEN_SECONDS + UNEVEN_SECONDS * secrets.randbelow(1000) / 1000
                await asyncio.sleep(max(0.0, ends - time.monotonic()))
        except (Busy, TooManyAttempts) as refusal:
            return _later(refusal)
        return _kept(request, body, media_type, caching)

    def _preview_of(self, _request: Request, page: PublicPage) -> Awaitable[bytes]:
        return self._drawings.picture(
            link_preview.draw,
            lead=_("An anonymous message for"),
            title=page.username,
            foot=_readable(self._link(page.username)),
        )

    def _story_of(self, _request: Request, page: PublicPage) -> Awaitable[bytes]:
        link = self._link(page.username)
        return self._drawings.picture(
            story_image.draw,
            prompt=page.prompt,
            name=page.display_name,
            username=page.username,
            link=link,
            readable=_readable(link),
        )

    def _qr_svg_of(self, _request: Request, page: PublicPage) -> Awaitable[bytes]:
        return self._drawings.picture(qr.svg, link=self._link(page.username))

    def _qr_png_of(self, request: Request, page: PublicPage) -> Awaitable[bytes]:
        link = self._link(page.username)
        # Sizes that make the same picture share it.
        size = qr.sharp_size(link, qr.size_from(request.query_params.get("size")))
        return self._drawings.picture(qr.png, link=link, size=size)

    async def poster(self, request: Request) -> Response:
        """Answer with a poster to print and put on a wall or a table."""
        page = await self._page(request)
        if page is None:
            return await self._lost(request)
        # In its owner's spelling, so that each page has one poster.
        name = page.username
        answer = plain.poster(
            name,
            code=addresses.public_path(name, addresses.QR_SVG),
            link=self._link(name),
            readable=_readable(self._link(name)),
        )
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    async def _page(self, request: Request) -> PublicPage | None:
        return await glance(page_lookup.page, username_key(request.path_params["username"]))

    def _link(self, name: str) -> str:
        return addresses.public_link(self._site, name)


def preview_tags(site: str, name: str) -> Markup:
    """Return the meta tags that point to someone's link preview.

    Args:
        site: The site's address.
        name: The username in its owner's spelling.
    """
    text = sharing.preview(name, called=name).picture
    picture = site + addresses.public_path(name, addresses.LINK_PREVIEW)
    return Markup(
        '<meta property="og:image" content="{picture}"/>'
        '<meta property="og:image:alt" content="{text}"/>'
    ).format(picture=picture, text=text)


def _readable(link: str) -> str:
    """Return a link without its scheme, as people read it."""
    return link.partition("://")[2]


def _later(refusal: Busy | TooManyAttempts) -> Response:
    """Answer that too many others are waiting, or that this network has asked too often."""
    seconds = math.ceil(refusal.wait.total_seconds()) if isinstance(refusal, TooManyAttempts) else 5
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    return Response(refusal.sentence, plain.status_of(refusal), headers, media_type="text/plain")


def _kept(request: Request, body: bytes, media_type: str, caching: str = AN_HOUR) -> Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": caching, "ETag": etag, "X-Robots-Tag": "noindex"}
    if matches(request.headers.get("if-none-match", ""), etag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type=media_type)
