"""The table of HTTP routes, and what stands around all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from anonmsg.config import Settings
from anonmsg.locale import _
from anonmsg.web.cookies import Cookies
from anonmsg.web.pictures import Sharing
from anonmsg.web.posts import forgot_password, needs_script, plain, send_message
from anonmsg.web.posts.export import ExportPosts
from anonmsg.web.posts.forms import is_from_our_pages
from anonmsg.web.posts.sign_in import SigningIn
from anonmsg.web.prerendered.build import BuiltPages
from anonmsg.web.prerendered.pages import Pages
from anonmsg.web.prerendered.public_page import PublicPages

Endpoint = Callable[[Request], Awaitable[Response]]
STATIC_PAGES = (
    *("/", "/verify", "/privacy", "/confirm-email", "/undo-email"),
    *("/forgot-password", "/reset-password"),
)
PERSONAL_PAGES = ("/dashboard", "/settings", "/sign-in", "/sign-up")
# Their forms are events; without scripts they get a plain page that says so.
NEED_SCRIPTS = (
    *("/sign-up", "/verify", "/reset-password", "/settings"),
    *("/confirm-email", "/undo-email"),
)
POSTS_ONLY = ("/refresh", "/sign-out", "/export")


def http_app(settings: Settings, built: BuiltPages | None) -> Starlette:
    """Everything that is plain HTTP, to stand in front of Reflex.

    Args:
        settings: The settings.
        built: The prerendered pages; None where Reflex's development server
            serves the pages.
    """
    cookies = Cookies(is_https=settings.is_https)
    pages = Pages(built, cookies, settings) if built else None
    signing_in = SigningIn(pages, cookies)
    sharing = Sharing(settings, pages.lost if pages else _nobody)

    def post(path: str, endpoint: Endpoint) -> Route:
        return Route(path, _ours_only(endpoint, settings.origins), methods=["POST"])

    routes = [
        Route("/healthz", _alive, methods=["GET"]),
        post("/sign-in", signing_in.sign_in),
        post("/refresh", signing_in.refresh),
        post("/sign-out", signing_in.sign_out),
        post("/export", ExportPosts(cookies).export),
        post("/forgot-password", forgot_password.forgot),
        *(post(path, needs_script.unfinished) for path in NEED_SCRIPTS),
        post("/u/{username}", send_message.send),
        Route("/u/{username}/preview.png", sharing.preview, methods=["GET"]),
        Route("/u/{username}/qr.svg", sharing.qr_svg, methods=["GET"]),
        Route("/u/{username}/qr.png", sharing.qr_png, methods=["GET"]),
        Route("/u/{username}/poster", sharing.poster, methods=["GET"]),
    ]
    if built and pages:
        routes += [Route(path, pages.static, methods=["GET"]) for path in STATIC_PAGES]
        routes += [Route(path, pages.personal, methods=["GET"]) for path in PERSONAL_PAGES]
        public = PublicPages(built, pages, settings)
        routes.append(Route("/u/{username}", public.answer, methods=["GET"]))
        routes += [
            Route(f"{path}/", _without_slash) for path in (*STATIC_PAGES[1:], *PERSONAL_PAGES)
        ]
        routes.append(Route("/u/{username}/", _without_slash))
        # A page has one address, where it is answered with its own policy.
        routes.append(Route("/{page:path}.html", pages.lost))
        # Whatever is left of these paths is another method.
        routes += [Route(path, _not_so) for path in (*POSTS_ONLY, *STATIC_PAGES, *PERSONAL_PAGES)]
    lost = {404: pages.lost} if pages else {}
    return Starlette(routes=routes, exception_handlers=lost)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _nobody(_request: Request) -> Response:
    return PlainTextResponse(_("There is nobody here."), 404)


async def _not_so(request: Request) -> Response:
    allowed = "POST" if request.scope["path"] in POSTS_ONLY else "GET, HEAD, POST"
    return PlainTextResponse("Method Not Allowed", 405, headers={"Allow": allowed})


async def _without_slash(request: Request) -> Response:
    return RedirectResponse(request.scope["path"].rstrip("/"), 308)


def _ours_only(endpoint: Endpoint, origins: tuple[str, ...]) -> Endpoint:
    """Refuse a POST that another site's page makes a browser send."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        if is_from_our_pages(request, origins):
            return await endpoint(request)
        return plain.answer(
            _("Not from here"),
            plain.sentence(_("This form was not sent from our own page, so nothing was done.")),
            plain.way_on("/", _("Home")),
            status=403,
        )

    return guarded
