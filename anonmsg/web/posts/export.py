"""POST /export: downloads everything we store about an owner.

Our script first asks for JSON, which only checks the password, so that a refusal shows
under the field; then it posts the form natively, because a browser saves a file only
then. Without scripts, a refusal is a plain page with the form.
"""

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
from anonmsg.runtime.hashing import Share
from anonmsg.services.accounts import exports
from anonmsg.services.accounts.exports import Export
from anonmsg.services.sessions import sessions, token_pairs
from anonmsg.web.cookies import Cookies
from anonmsg.web.failures import wants_json
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of
from anonmsg.web.use_cases import run, run_hashing

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
            who = await self._who(request)
            if wants_json(request):
                await run_hashing(
                    exports.check, Share.of_account(who["owner_id"]), **who, **_password(typed)
                )
                return JSONResponse({"success": True, "message": "", "field": ""})
            export = await run_hashing(
                exports.begin, Share.of_account(who["owner_id"]), **who, **_password(typed)
            )
        except AppError as refusal:
            return _refused(request, refusal)
        headers = {
            "Content-Disposition": f'attachment; filename="{export.filename}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(_pieces(export), 200, headers, media_type="application/zip")

    async def _who(self, request: Request) -> dict[str, str]:
        access, refresh = self._cookies.access(request), self._cookies.refresh(request)
        session_id = await run(token_pairs.id_from_tokens, access=access, refresh=refresh)
        who = await run(sessions.current, session_id=session_id)
        return {"owner_id": who.owner_id, "session_id": session_id}


def _password(typed: dict[str, str]) -> dict[str, str]:
    return {"password": typed.get("password", "")}


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
    if wants_json(request):
        return JSONResponse({"success": False, "message": message, "field": field}, status)
    title = _("Nothing was downloaded")
    ways = [plain.way_on(addresses.SETTINGS.path, _("Back to the settings"))]
    if isinstance(refusal, AccountLeaving):
        ways = [plain.way_on(addresses.LEAVING.path, _("Keep your account?"))]
    elif isinstance(refusal, NotSignedIn):
        ways = [plain.way_on(addresses.sign_in_path(addresses.SETTINGS.path), _("Sign in"))]
    if isinstance(refusal, ASKS_AGAIN):
        ways.insert(0, plain.password_form(addresses.EXPORT.path, label=_("Download everything")))
        title = _("Check your password")
    return plain.answer(title, plain.alert(message), *ways, status=status)
