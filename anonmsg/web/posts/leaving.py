"""POST /leaving: keep an account that is being deleted, or leave as planned, without scripts."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anonmsg import addresses
from anonmsg.errors import AppError, NotSignedIn
from anonmsg.locale import _
from anonmsg.services.accounts import deletions
from anonmsg.services.sessions import sessions, token_pairs
from anonmsg.web.cookies import Cookies
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of
from anonmsg.web.use_cases import run


class LeavingPosts:
    """The route behind the two buttons of the page."""

    def __init__(self, cookies: Cookies) -> None:
        """Keep the cookies to read the session from."""
        self._cookies = cookies

    async def leaving(self, request: Request) -> Response:
        """POST /leaving: do what was chosen; anything else leads back to the question."""
        try:
            choice = (await fields_of(request)).get("choice", "")
        except BadForm:
            choice = ""
        if choice not in {"keep", "delete"}:
            return RedirectResponse(addresses.LEAVING.path, 303)
        try:
            return await self._do(request, choice)
        except NotSignedIn as refusal:
            way = plain.way_on(addresses.SIGN_IN.path, _("Sign in"))
            return _told(_("Not signed in"), refusal.sentence, way, refusal)
        except AppError as refusal:
            way = plain.way_on(addresses.SETTINGS.path, _("Open your settings"))
            return _told(_("Nothing has changed"), refusal.sentence, way, refusal)

    async def _do(self, request: Request, choice: str) -> Response:
        access, refresh = self._cookies.access(request), self._cookies.refresh(request)
        session_id = await run(token_pairs.id_from_tokens, access=access, refresh=refresh)
        who = await run(sessions.anyone, session_id=session_id)
        asked = {"owner_id": who.owner_id, "session_id": session_id}
        if choice == "keep":
            await run(deletions.keep, **asked)
            way = plain.way_on(addresses.DASHBOARD.path, _("Open your inbox"))
            return plain.answer(_("Your account stays"), plain.sentence(deletions.kept()), way)
        leaves_at = await run(deletions.leave_as_planned, **asked)
        words = plain.sentence(deletions.goodbye(leaves_at))
        way = plain.way_on(addresses.SIGN_IN.path, _("Sign in"))
        answer = plain.answer(_("You're signed out"), words, way)
        self._cookies.clear(answer)
        return answer


def _told(title: str, sentence: str, way: Markup, refusal: AppError) -> Response:
    return plain.answer(title, plain.alert(sentence), way, status=plain.status_of(refusal))
