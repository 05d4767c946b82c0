"""Sign-in, refresh and sign-out, over HTTP because only HTTP can set HttpOnly cookies."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from anonmsg import addresses
from anonmsg.errors import (
    AppError,
    IncorrectTwoFactorCode,
    NotSignedIn,
    NotVerified,
    SecondStep,
)
from anonmsg.locale import _
from anonmsg.runtime.hashing import Share
from anonmsg.services.sessions import sessions, sign_ins, token_pairs
from anonmsg.services.sessions.token_pairs import TokenPair
from anonmsg.web.cookies import Cookies
from anonmsg.web.failures import wants_json
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of
from anonmsg.web.posts.verify import UNVERIFIED, plain_page
from anonmsg.web.prerendered.pages import Pages, after_sign_in
from anonmsg.web.use_cases import run, run_hashing


class SignInPosts:
    """The routes that set and clear the sign-in cookies."""

    def __init__(self, pages: Pages | None, cookies: Cookies) -> None:
        """Keep the pages to answer with; without a build, answers are plain pages."""
        self._pages, self._cookies = pages, cookies

    async def sign_in(self, request: Request) -> Response:
        """POST /sign-in: answer our script with JSON, a browser with a page or redirect."""
        try:
            typed = await fields_of(request)
        except BadForm:
            typed = {}
        try:
            pair = await _begin(request, typed, self._cookies.known(request))
        except AppError as refusal:
            return self._refused(request, typed, refusal)
        await self._end_earlier(request)
        path = after_sign_in(typed.get("next"))
        answer: Response = RedirectResponse(path, 303)
        if wants_json(request):
            answer = JSONResponse({"success": True, "message": "", "field": "", "next": path})
        self._cookies.keep(answer, pair)
        return answer

    async def refresh(self, request: Request) -> Response:
        """POST /refresh: answer an open page with the next pair of tokens."""
        try:
            pair = await run(token_pairs.refresh, token=self._cookies.refresh(request))
        except NotSignedIn as refusal:
            body = {"success": False, "message": refusal.sentence, "field": ""}
            refused = JSONResponse(body, 401)
            self._cookies.clear(refused)
            return refused
        answer = JSONResponse({"success": True, "message": "", "field": ""})
        self._cookies.keep(answer, pair)
        return answer

    async def sign_out(self, request: Request) -> Response:
        """POST /sign-out: end the session and redirect to the home page."""
        await self._end_earlier(request)
        answer = RedirectResponse("/", 303)
        self._cookies.clear(answer)
        return answer

    async def _end_earlier(self, request: Request) -> None:
        access, refresh = self._cookies.access(request), self._cookies.refresh(request)
        if access or refresh:
            session_id = await run(token_pairs.id_from_tokens, access=access, refresh=refresh)
            await run(sessions.sign_out, session_id=session_id)

    def _refused(self, request: Request, typed: dict[str, str], refusal: AppError) -> Response:
        status = plain.status_of(refusal)
        field, message = next(iter(refusal.by_field().items()))
        if wants_json(request):
            body = {"success": False, "message": message, "field": field}
            if isinstance(refusal, NotVerified):
                body["sign_up"] = refusal.browser
            return JSONResponse(body, status)
        if isinstance(refusal, SecondStep):
            return _second_step(typed, refusal, status)
        if self._pages is None:
            on = plain.way_on(addresses.SIGN_IN.path, _("Sign in"))
            return plain.answer(_("Not signed in"), plain.sentence(message), on, status=status)
        kept = {
            "identifier": typed.get("identifier", "")[:320],
            "next": after_sign_in(typed.get("next")),
        }
        # Without scripts, the random id of the sign-up goes into a cookie.
        browser = refusal.browser if isinstance(refusal, NotVerified) else ""
        verify_at = plain_page(UNVERIFIED) if browser else ""
        answer = self._pages.sign_in_answer(
            request, kept, {field: message}, verify_at=verify_at, status=status
        )
        if browser:
            self._cookies.keep_sign_up(answer, browser)
        return answer


async def _begin(request: Request, typed: dict[str, str], known: str) -> TokenPair:
    who = {
        "network": request.state.network,
        "label": getattr(request.state, "browser", ""),
        "browser": known,
    }
    if proof := typed.get("proof"):
        return await run_hashing(
            sign_ins.sign_in_by_code,
            Share.of_sign_in(request.state.network),
            proof=proof,
            code=typed.get("code"),
            **who,
        )
    return await run_hashing(
        sign_ins.sign_in,
        Share.of_sign_in(request.state.network),
        identifier=typed.get("identifier"),
        password=typed.get("password"),
        code=typed.get("code"),
        **who,
    )


def _second_step(typed: dict[str, str], refusal: SecondStep, status: int) -> Response:
    """Answer a browser without scripts: the code's page, which isn't an error yet."""
    after = after_sign_in(typed.get("next"))
    is_wrong = isinstance(refusal, IncorrectTwoFactorCode)
    say = plain.alert if is_wrong else plain.sentence
    form = plain.code_form(
        addresses.SIGN_IN.path, proof=refusal.proof, after=after, is_wrong=is_wrong
    )
    back = plain.way_on(addresses.sign_in_path(after), _("Back"))
    return plain.answer(_("Two-factor sign-in"), say(refusal.sentence), form, back, status=status)
