"""The HTTP routes, and the origin check in front of every POST."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from anonmsg.addresses import (
    ADDRESSES,
    CONFIRM_EMAIL,
    EXPORT,
    FORGOT_PASSWORD,
    HEALTH,
    HOME,
    LEAVING,
    LINK_PREVIEW,
    METRICS,
    MY_PAGE,
    POSTER,
    PUBLIC_PAGE,
    QR_PNG,
    QR_SVG,
    READY,
    REFRESH,
    RESET_PASSWORD,
    SECURITY_TXT,
    SIGN_IN,
    SIGN_OUT,
    SIGN_UP,
    STORY,
    UNDO_EMAIL,
    UNSUBSCRIBE,
    VERIFY,
    Address,
    Audience,
    Post,
)
from anonmsg.config import Settings
from anonmsg.locale import _
from anonmsg.web import probes
from anonmsg.web.cookies import Cookies
from anonmsg.web.failures import Failures
from anonmsg.web.pictures import Pictures
from anonmsg.web.posts import (
    email_links,
    forgot_password,
    needs_script,
    plain,
    reset_password,
    send_message,
    unsubscribe,
)
from anonmsg.web.posts.export import ExportPosts
from anonmsg.web.posts.forms import is_from_our_pages
from anonmsg.web.posts.leaving import LeavingPosts
from anonmsg.web.posts.sign_in import SignInPosts
from anonmsg.web.posts.sign_up import SignUpPosts
from anonmsg.web.posts.verify import VerifyPosts
from anonmsg.web.prerendered.build import BuiltPages
from anonmsg.web.prerendered.pages import Pages
from anonmsg.web.prerendered.public_page import PublicPages
from anonmsg.web.scrape import Scrape
from anonmsg.web.security_txt import SecurityTxt

# Email programs post to it for those who press their own button. It needs no cookie.
FROM_ANYWHERE = {UNSUBSCRIBE}
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class PublicPageFirst:
    """Answers GET for public pages directly, and passes everything else on.

    Nearly all requests are for these pages, and Starlette's layers would take a fifth of
    the time of each.
    """

    def __init__(self, page: Endpoint, rest: ASGIApp) -> None:
        """Prepare both ways.

        Args:
            page: Answers a request for a public page.
            rest: Answers every other request.
        """
        self._page, self._rest = Failures(self._answer), rest
        self._route = Route(PUBLIC_PAGE.path, page, methods=["GET"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        match, found = self._route.matches(scope)
        if match is Match.FULL:
            scope.update(found, route=self._route)
            await self._page(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._route.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


def http_app(settings: Settings, built: BuiltPages | None, rest: ASGIApp) -> ASGIApp:
    """Build the app for all plain HTTP, which runs in front of Reflex.

    Args:
        settings: The settings.
        built: The prerendered pages; None if Reflex's development server
            serves the pages.
        rest: Answers what has no route here: the built files, or Reflex itself.
    """
    cookies = Cookies(is_https=settings.is_https)
    pages = Pages(built, cookies, settings) if built else None
    contact = SecurityTxt(settings)
    gets = _pictures(settings, pages) | {HEALTH: probes.alive, READY: probes.ready}
    gets |= {UNSUBSCRIBE: unsubscribe.ask}
    gets |= {SECURITY_TXT: contact.answer, METRICS: Scrape(_lost(pages)).answer}
    verify = VerifyPosts(pages, cookies)
    if built and pages:
        gets |= _pages(pages, PublicPages(built, pages, settings))
        gets |= {VERIFY: verify.page, MY_PAGE: pages.my_page}
    posts = {
        address: endpoint if address in FROM_ANYWHERE else _ours_only(endpoint, settings.origins)
        for address, endpoint in _posts(SignInPosts(pages, cookies), verify, cookies).items()
    }
    routes = [Route(each.path, gets[each], methods=["GET"]) for each in gets]
    routes += [Route(each.path, posts[each], methods=["POST"]) for each in posts]
    if pages:
        # Each page has one address, where it's served with its own policy.
        routes += [
            Route(f"{each.path}/", _without_slash)
            for each in ADDRESSES
            if each.is_page and each is not HOME
        ]
        routes.append(Route("/{page:path}.html", pages.lost))
        # Any other request to these paths uses the wrong method.
        routes += [
            Route(each.path, _another_method(is_read=each in gets, is_posted=each in posts))
            for each in gets | posts
        ]
    lost = {404: pages.lost} if pages else {}
    app = Starlette(
        routes=[*routes, Mount("/", app=rest)],
        exception_handlers=lost,
        middleware=[Middleware(Failures)],
    )
    return PublicPageFirst(gets[PUBLIC_PAGE], app) if built else app


def _posts(sign_in: SignInPosts, verify: VerifyPosts, cookies: Cookies) -> dict[Address, Endpoint]:
    """Return the endpoint for each POST in the address table."""
    jobs: dict[Address, Endpoint] = {
        SIGN_IN: sign_in.sign_in,
        REFRESH: sign_in.refresh,
        SIGN_OUT: sign_in.sign_out,
        EXPORT: ExportPosts(cookies).export,
        LEAVING: LeavingPosts(cookies).leaving,
        SIGN_UP: SignUpPosts(cookies).sign_up,
        VERIFY: verify.verify,
        FORGOT_PASSWORD: forgot_password.forgot,
        RESET_PASSWORD: reset_password.reset,
        CONFIRM_EMAIL: email_links.confirm,
        UNDO_EMAIL: email_links.undo,
        UNSUBSCRIBE: unsubscribe.stop,
        PUBLIC_PAGE: send_message.send,
    }
    unfinished: dict[Address, Endpoint] = dict.fromkeys(
        (each for each in ADDRESSES if each.post is Post.NEEDS_SCRIPT), needs_script.unfinished
    )
    return {**jobs, **unfinished}


def _pictures(settings: Settings, pages: Pages | None) -> dict[Address, Endpoint]:
    pictures = Pictures(settings, _lost(pages))
    return {
        LINK_PREVIEW: pictures.preview,
        STORY: pictures.story,
        QR_SVG: pictures.qr_svg,
        QR_PNG: pictures.qr_png,
        POSTER: pictures.poster,
    }


def _pages(pages: Pages, public: PublicPages) -> dict[Address, Endpoint]:
    """Return the GET endpoint for each page in the address table."""
    found: dict[Address, Endpoint] = {PUBLIC_PAGE: public.answer}
    for address in ADDRESSES:
        if address.is_page and address is not PUBLIC_PAGE:
            is_same = address.audience is Audience.EVERYONE
            found[address] = pages.static if is_same else pages.personal
    return found


def _lost(pages: Pages | None) -> Endpoint:
    return pages.lost if pages else _nobody


async def _nobody(_request: Request) -> Response:
    return PlainTextResponse(_("Nobody's here."), 404)


def _another_method(*, is_read: bool, is_posted: bool) -> ASGIApp:
    """Refuse a method, and say which ones the path supports."""
    allowed = ", ".join(["GET, HEAD"] * is_read + ["POST"] * is_posted)
    return PlainTextResponse("Method Not Allowed", 405, headers={"Allow": allowed})


async def _without_slash(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(request.scope["path"].rstrip("/") + query, 308)


def _ours_only(endpoint: Endpoint, origins: tuple[str, ...]) -> Endpoint:
    """Refuse a POST that another site made the browser send."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        if is_from_our_pages(request, origins):
            return await endpoint(request)
        return plain.answer(
            _("Request ignored"),
            plain.sentence(_("That request didn't come from this site, so we ignored it.")),
            plain.way_on("/", _("Home")),
            status=403,
        )

    return guarded
