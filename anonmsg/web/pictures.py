"""The pictures for sharing a page: link preview, story image, QR code and printable poster."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from functools import partial

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.config import Settings
from anonmsg.errors import Busy, PageNotFound
from anonmsg.locale import _
from anonmsg.pictures import link_preview, qr, story_image
from anonmsg.pictures.picture_cache import PictureCache
from anonmsg.public import PublicPage
from anonmsg.services.accounts import people
from anonmsg.services.inbox import sharing
from anonmsg.web.posts import plain
from anonmsg.web.prerendered.negotiation import matches
from anonmsg.web.use_cases import run

Lost = Callable[[Request], Awaitable[Response]]
AN_HOUR = "public, max-age=3600"
# Its owner may just have changed the words on it.
ASK_EACH_TIME = "no-cache"


class Pictures:
    """Answers GET below `/u/<username>/`, with the same 404 page as the public page.

    No picture shows whether an inbox is open, because pictures outlive that.
    """

    def __init__(self, settings: Settings, lost: Lost) -> None:
        """Keep the site's address and the handler that answers 404."""
        self._site, self._lost = settings.site, lost
        self._drawings = PictureCache()

    async def preview(self, request: Request) -> Response:
        """Answer with the picture that chats and feeds show next to the link."""
        page = await self._page(request)
        if page is None:
            return await self._lost(request)
        drawing = self._drawings.picture(
            link_preview.draw,
            lead=_("An anonymous message for"),
            title=page.username,
            foot=_readable(self._link(page.username)),
        )
        return await _drawn(request, drawing, AN_HOUR)

    async def story(self, request: Request) -> Response:
        """Answer with the picture that owners put into their stories."""
        page = await self._page(request)
        if page is None:
            return await self._lost(request)
        link = self._link(page.username)
        drawing = self._drawings.picture(
            story_image.draw,
            prompt=page.prompt,
            name=page.display_name,
            username=page.username,
            link=link,
            readable=_readable(link),
        )
        return await _drawn(request, drawing, ASK_EACH_TIME)

    async def qr_svg(self, request: Request) -> Response:
        """Answer with the link as a QR code that scales to any size."""
        name = await self._name(request)
        if name is None:
            return await self._lost(request)
        return _kept(request, qr.svg(self._link(name)), "image/svg+xml")

    async def qr_png(self, request: Request) -> Response:
        """Answer with the link as a QR code, at most `size` pixels wide."""
        name = await self._name(request)
        if name is None:
            return await self._lost(request)
        size = qr.size_from(request.query_params.get("size"))
        drawn = await asyncio.to_thread(partial(qr.png, self._link(name), size=size))
        return _kept(request, drawn, "image/png")

    async def poster(self, request: Request) -> Response:
        """Answer with a poster to print and put on a wall or a table."""
        name = await self._name(request)
        if name is None:
            return await self._lost(request)
        answer = plain.poster(
            name,
            code=addresses.public_path(name, addresses.QR_SVG),
            link=self._link(name),
            readable=_readable(self._link(name)),
        )
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    async def _name(self, request: Request) -> str | None:
        """Return the name in its owner's spelling, so that each page has one picture."""
        page = await self._page(request)
        return page.username if page else None

    async def _page(self, request: Request) -> PublicPage | None:
        try:
            return await run(people.page, username=request.path_params["username"])
        except PageNotFound:
            return None

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


async def _drawn(request: Request, drawing: Awaitable[bytes], caching: str) -> Response:
    """Answer with a picture once it's drawn, unless too many others wait for theirs."""
    try:
        picture = await drawing
    except Busy as refusal:
        headers = {"Retry-After": "5", "Cache-Control": "no-store"}
        return Response(refusal.sentence, 503, headers, media_type="text/plain")
    return _kept(request, picture, "image/png", caching)


def _kept(request: Request, body: bytes, media_type: str, caching: str = AN_HOUR) -> Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": caching, "ETag": etag, "X-Robots-Tag": "noindex"}
    if matches(request.headers.get("if-none-match", ""), etag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type=media_type)
