"""POST /export: downloads everything we store about an owner."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from anonmsg import addresses
from anonmsg.errors import (
    AccountLeaving,
    AppError,
    Busy,
    IncorrectPassword,
    NotSignedIn,
    ReauthenticationNeeded,
)
from anonmsg.locale import _
from anonmsg.runtime.runtime import run, run_hashing
from anonmsg.services.accounts import exports
from anonmsg.services.accounts.exports import Export
from anonmsg.services.sessions import sessions
from anonmsg.web.cookies import Cookies
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of

# After these refusals, the page asks for the password again.
ASKS_AGAIN = (ReauthenticationNeeded, IncorrectPassword, Busy)


class ExportPosts:
    """The route that streams the ZIP to a signed-in browser."""

    def __init__(self, cookies: Cookies) -> None:
        """Keep the cookies to read the session from."""
        self._cookies = cookies

    async def export(self, request: Request) -> Response:
        """POST /export: answer with the ZIP, or with the reason and a form to try again."""
        try:
            typed = await fields_of(request)
        except BadForm:
            typed = {}
        try:
            export = await self._begin(request, typed.get("password"))
        except AppError as refusal:
            return _refused(request, refusal)
        headers = {
            "Content-Disposition": f'attachment; filename="{export.filename}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(_pieces(export), 200, headers, media_type="application/zip")

    async def _begin(self, request: Request, password: object) -> Export:
        access, refresh = self._cookies.access(request), self._cookies.refresh(request)
        session_id = await run(sessions.id_from_tokens, access=access, refresh=refresh)
        who = await run(sessions.current, session_id=session_id)
        return await run_hashing(
            exports.begin, owner_id=who.owner_id, session_id=session_id, password=password
        )


async def _pieces(export: Export) -> AsyncIterator[bytes]:
    """Yield the pieces until the last one, or until the owner is signed out."""
    try:
        while piece := await run(exports.next_piece, export=export):
            yield piece
    except NotSignedIn:
        return


def _refused(request: Request, refusal: AppError) -> Response:
    status = plain.status_of(refusal)
    field, message = next(iter(refusal.by_field().items()))
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"success": False, "message": message, "field": field}, status)
    ways = [plain.way_on(addresses.SETTINGS.path, _("Back to the settings"))]
    if isinstance(refusal, AccountLeaving):
        ways = [plain.way_on(addresses.LEAVING.path, _("Keep your account?"))]
    elif isinstance(refusal, NotSignedIn):
        ways = [plain.way_on(addresses.sign_in_path(addresses.SETTINGS.path), _("Sign in"))]
    if isinstance(refusal, ASKS_AGAIN):
        ways.insert(0, plain.password_form(addresses.EXPORT.path, label=_("Download everything")))
    title = _("Nothing was downloaded yet")
    return plain.answer(title, plain.alert(message), *ways, status=status)
