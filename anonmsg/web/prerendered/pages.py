"""Serves the prerendered pages, filled in with what's known before any script runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anonmsg.addresses import (
    ADDRESSES,
    BUILT_NOT_FOUND,
    DASHBOARD,
    LEAVING,
    NEWCOMER,
    PATHS_FOR_OWNERS,
    PUBLIC_PAGE,
    SIGN_IN,
    public_path,
    sign_in_path,
)
from anonmsg.config import Settings
from anonmsg.errors import NotSignedIn
from anonmsg.services.accounts import deletions
from anonmsg.services.inbox.folders import Folder
from anonmsg.services.sessions import sessions, token_pairs
from anonmsg.services.sessions.sessions import SignedIn
from anonmsg.web.cookies import Cookies
from anonmsg.web.prerendered import sign_in_page
from anonmsg.web.prerendered.build import BuiltPage, BuiltPages
from anonmsg.web.prerendered.built_markup import UnexpectedBuild, find_tag, replaced
from anonmsg.web.prerendered.inlining import expect_inlined
from anonmsg.web.use_cases import run

REACT = re.compile(
    r'<script(?! data-own)(?![^>]*\bsrc="/app\.js")[^>]*>.*?</script>'
    r'|<link[^>]*\brel="modulepreload"[^>]*>',
    re.DOTALL,
)
# Where signing in may lead: the owners' pages, and the folders of the dashboard.
PLACES = PATHS_FOR_OWNERS | {f"{DASHBOARD.path}?folder={each}" for each in Folder}
# Which of the 404 page's two headers shows.
STRANGER, OWNER = 'data-visitor="stranger"', Markup('data-visitor="owner"')
SetCookies = Callable[[Response], None]


class Pages:
    """Answers GET for every page of the build."""

    def __init__(self, built: BuiltPages, cookies: Cookies, settings: Settings) -> None:
        """Keep the built pages, after testing each of them.

        Raises:
            UnexpectedBuild: a page is missing, or a place to fill in it.
        """
        self._built, self._cookies, self._settings = built, cookies, settings
        lost = self._page(BUILT_NOT_FOUND)
        self._lost_html = _without_react(lost.html)
        self._lost_owners_html = _without_react(lost.filled([(STRANGER, OWNER)]))
        self._try_every_page()

    def _try_every_page(self) -> None:
        """Fill each page once, so that a changed build fails at startup, not for a visitor.

        Raises:
            UnexpectedBuild: a page is missing, or a place to fill in it.
        """
        for address in ADDRESSES:
            if address.is_page and address is not PUBLIC_PAGE:
                expect_inlined(self._page(address.path).html, address.path)
        sign_in_page.expect_places(self._page(SIGN_IN.path))
        self._leaving_html(None)

    async def static(self, request: Request) -> Response:
        """Answer with a page that's the same for everyone.

        Only `/` ends in a slash; the other paths have none.
        """
        return self._page(request.scope["path"]).response(request.headers)

    async def personal(self, request: Request) -> Response:
        """Answer with a page for owners only or for strangers only, and redirect the others.

        Someone who comes back within seven days is still signed in, because the
        page request itself exchanges the refresh token.
        """
        set_cookies, who = await self._who_asks(request)
        answer = self._personal(request, who)
        set_cookies(answer)
        return answer

    async def lost(self, request: Request, _error: Exception | None = None) -> Response:
        """Answer with the 404 page; owners find the way back to their inbox on it."""
        page, who = self._page(BUILT_NOT_FOUND), await self._who_looks(request)
        html = self._lost_owners_html if who else self._lost_html
        return page.response(request.headers, status=404, html=html)

    async def my_page(self, request: Request) -> Response:
        """Lead an owner to their own public page."""
        who = await self._who_looks(request)
        path = public_path(who.username) if who else sign_in_path(DASHBOARD.path)
        return RedirectResponse(path, 303, headers={"Cache-Control": "no-store"})

    def sign_in_answer(
        self,
        request: Request,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        *,
        verify_at: str,
        status: int,
    ) -> Response:
        """Answer a refused sign-in with the filled sign-in page; see `sign_in_page.filled`."""
        page = self._page(SIGN_IN.path)
        html = sign_in_page.filled(page, values, errors, verify_at=verify_at)
        return page.response(request.headers, status=status, html=html)

    def _leaving_html(self, leaves_at: datetime | None) -> Markup:
        """Return the page that asks whether to keep the account, with its date filled in."""
        page = self._page(LEAVING.path)
        tag, end = find_tag(page.html, "p", "data-leaves-at"), Markup("</p>")
        return page.filled([(tag + end, tag + deletions.planned(leaves_at) + end)])

    def _personal(self, request: Request, who: SignedIn | None) -> Response:
        path, after = request.scope["path"], after_sign_in(request.query_params.get("next"))
        with_folder = f"{path}?{request.url.query}"
        asked = with_folder if with_folder in PLACES else path
        if elsewhere := _elsewhere(asked, after, who):
            return RedirectResponse(elsewhere, 303)
        page = self._page(path)
        # Filled or not, it's for this browser only, so nobody may cache it.
        html = page.html
        if path == SIGN_IN.path:
            name = sign_in_page.newcomer(request.query_params.get(NEWCOMER))
            html = sign_in_page.filled(page, {"next": after} | name, is_new=bool(name))
        elif path == LEAVING.path and who:
            html = self._leaving_html(who.leaves_at)
        return page.response(request.headers, html=html)

    async def _who_asks(self, request: Request) -> tuple[SetCookies, SignedIn | None]:
        """Return how to update the browser's cookies, and who is asking, if signed in."""
        access, refresh = self._cookies.access(request), self._cookies.refresh(request)
        if access and (who := await self._who_holds(access)):
            return _leave, who
        if not refresh:
            return _leave, None
        try:
            pair = await run(token_pairs.refresh, token=refresh)
        except NotSignedIn:
            return self._cookies.clear, None
        return partial(self._cookies.keep, pair=pair), await self._who_holds(pair.access)

    async def _who_looks(self, request: Request) -> SignedIn | None:
        """Return who is asking, without exchanging any token."""
        access, refresh = self._cookies.access(request), self._cookies.refresh(request)
        return await self._who_holds(access, refresh) if access or refresh else None

    async def _who_holds(self, access: str, refresh: str = "") -> SignedIn | None:
        session_id = await run(token_pairs.id_from_tokens, access=access, refresh=refresh)
        try:
            return await run(sessions.anyone, session_id=session_id) if session_id else None
        except NotSignedIn:
            return None

    def _page(self, route: str) -> BuiltPage:
        page = self._built.get(route)
        if page is None:
            raise UnexpectedBuild(f"The build has no page {route}.")
        return page


def after_sign_in(asked: str | None) -> str:
    """Return the owner's page that was asked for, or the dashboard; never another site."""
    return asked if asked in PLACES else DASHBOARD.path


def _elsewhere(path: str, after: str, who: SignedIn | None) -> str:
    """Return where a page for some sends everyone else, or nothing for those it is for."""
    if who is None and path == LEAVING.path:
        return SIGN_IN.path
    if who is None:
        return sign_in_path(path) if path in PLACES else ""
    if who.leaves_at is not None:
        return "" if path == LEAVING.path else LEAVING.path
    return "" if path in PLACES else after


def _leave(_answer: Response) -> None:
    """Leave the browser's cookies unchanged."""


def _without_react(html: Markup) -> Markup:
    """Return a prerendered page with only our own script.

    React would take the 404 page's URL for someone's public page, and render that
    below the existing page.
    """
    return replaced(html, REACT, lambda _script: Markup(""))
