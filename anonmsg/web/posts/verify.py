"""The verification form without scripts: the code or the emailed link, and another code."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anonmsg import addresses
from anonmsg.errors import AlreadyVerified, AppError, SignUpNotFound
from anonmsg.locale import _
from anonmsg.public import PendingSignUp
from anonmsg.runtime.hashing import Share
from anonmsg.services.accounts import corrections, sign_ups, verifications
from anonmsg.web.cookies import Cookies
from anonmsg.web.posts import plain, plain_forms, verify_forms
from anonmsg.web.posts.browser_ids import FIELD, browser_id_of
from anonmsg.web.posts.forms import fields_or_empty
from anonmsg.web.posts.pasted_links import secret_in
from anonmsg.web.posts.verify_forms import Typed
from anonmsg.web.prerendered.pages import Pages
from anonmsg.web.use_cases import run, run_hashing

# The query of the page that needs no script; its value says what has just happened.
PLAIN, NEW, UNVERIFIED, CHANGED = "plain", "new", "unverified", "changed"


def plain_page(happened: str = "") -> str:
    """Return the path of the verification page that needs no script."""
    return f"{addresses.VERIFY.path}?{PLAIN}={happened}"


class VerifyPosts:
    """The routes of a browser that verifies without scripts."""

    def __init__(self, pages: Pages | None, cookies: Cookies) -> None:
        """Keep the built pages, for everybody else, and the cookies."""
        self._pages, self._cookies = pages, cookies

    async def page(self, request: Request) -> Response:
        """GET /verify: the built page, or after a native sign-up one without scripts.

        An emailed link never has the query, so it always opens the built page,
        whose script can read its fragment.
        """
        happened = request.query_params.get(PLAIN)
        browser = self._cookies.sign_up(request) if happened is not None else ""
        if not browser:
            return await self._built(request)
        try:
            pending = await run(sign_ups.pending, browser=browser)
        except AlreadyVerified as refusal:
            # Another browser was first, by the link.
            return _already_verified(refusal, 200)
        except SignUpNotFound:
            return await self._built(request)
        return plain.answer(
            _("Check your email"),
            *_news(happened, pending),
            verify_forms.code_form({}, {}),
            verify_forms.resend_form(""),
            verify_forms.email_form({}, {}),
        )

    async def _built(self, request: Request) -> Response:
        if self._pages is None:
            return _refused({}, SignUpNotFound(), "")
        return await self._pages.static(request)

    async def verify(self, request: Request) -> Response:
        """POST /verify: verify, or answer with what's wrong and the form again."""
        typed = await fields_or_empty(request)
        browser = ""
        try:
            browser = await browser_id_of(request, typed, self._cookies)
            if typed.get("resend"):
                return await _resend(typed, browser)
            if typed.get("change_email"):
                return await self._change_email(request, typed, browser)
            username = await _verify(request, typed, browser)
        except AlreadyVerified as refusal:
            return _already_verified(refusal, plain.status_of(refusal))
        except AppError as refusal:
            return _refused(typed, refusal, browser)
        return self._verified(username)

    async def _change_email(self, request: Request, typed: Typed, browser: str) -> Response:
        changed = await run(
            corrections.change_email,
            browser=browser,
            email=typed.get("email"),
            network=request.state.network,
        )
        answer = RedirectResponse(plain_page(CHANGED), 303)
        self._cookies.keep_sign_up(answer, changed)
        return answer

    def _verified(self, username: str) -> Response:
        way = plain.way_on(addresses.first_sign_in_path(username), _("Sign in"))
        answer = plain.answer(_("Account verified successfully"), way)
        self._cookies.clear_sign_up(answer)
        return answer


def _already_verified(refusal: AlreadyVerified, status: int) -> Response:
    """Return the way on; the cookie stays, for it may be another sign-up's than the link."""
    way = plain.way_on(addresses.SIGN_IN.path, _("Sign in"))
    words = plain.sentence(refusal.sentence)
    return plain.answer(_("Nothing left to do"), words, way, status=status)


async def _verify(request: Request, typed: Typed, browser: str) -> str:
    """Verify, and return the username of the new account."""
    asked = {
        "browser": browser,
        "username": typed.get("username"),
        "network": request.state.network,
    }
    if link := secret_in(typed):
        asked |= {"link": link, "password": typed.get("password")}
        return await run_hashing(
            verifications.by_link, Share.of_network(request.state.network), **asked
        )
    return await run(verifications.by_code, code=typed.get("code"), **asked)


async def _resend(typed: Typed, browser: str) -> Response:
    await run(sign_ups.resend, browser=browser)
    return plain.answer(
        _("Check your email"),
        plain.sentence(_("We've sent a new code. The old one no longer works.")),
        verify_forms.code_form(typed, {}),
        verify_forms.resend_form(typed.get(FIELD, "")),
    )


def _news(happened: str | None, pending: PendingSignUp) -> list[Markup]:
    """Return what to tell someone who comes to enter the code."""
    told = [_("We sent a 6-digit code to {email}.").format(email=pending.email)]
    if happened == CHANGED:
        told = [_("We've sent a new code. The old one no longer works."), *told]
    if happened == NEW:
        told.append(_("User registered successfully. Please verify your email"))
    if happened == UNVERIFIED:
        told.append(_("Please verify your account before login"))
    if pending.mail == "delayed":
        told.append(_("We couldn't deliver the email yet. We'll keep trying."))
    if pending.mail == "failed":
        told.append(_("We can't deliver email to this address. Check it, or use another one."))
    return [plain.sentence(each) for each in told]


def _refused(typed: Typed, refusal: AppError, browser: str) -> Response:
    errors = refusal.by_field()
    by_link = bool(secret_in(typed)) or isinstance(refusal, SignUpNotFound)
    form = (
        verify_forms.link_form(typed, errors) if by_link else verify_forms.code_form(typed, errors)
    )
    shown = ("link", "password") if by_link else ("code",)
    if typed.get("change_email") and browser:
        form, shown = verify_forms.email_form(typed, errors), ("email",)
    ways = [plain.way_on(addresses.SIGN_IN.path, _("Sign in"))]
    if browser:
        ways.insert(0, verify_forms.resend_form(typed.get(FIELD, "")))
    else:
        ways.append(plain.way_on(addresses.SIGN_UP.path, _("Sign up again")))
    return plain.answer(
        _("Not verified yet"),
        plain_forms.other_errors(errors, *shown, "username"),
        form,
        *ways,
        status=plain.status_of(refusal),
    )
