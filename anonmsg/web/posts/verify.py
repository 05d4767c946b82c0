"""The verification form without scripts: the code or the emailed link, and another code."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.errors import AlreadyVerified, AppError, SignUpNotFound
from anonmsg.locale import _
from anonmsg.public import PendingSignUp
from anonmsg.runtime.runtime import run, run_hashing
from anonmsg.services.accounts import sign_ups, verifications
from anonmsg.web.cookies import Cookies
from anonmsg.web.posts import plain, plain_forms
from anonmsg.web.posts.browser_ids import FIELD, browser_id_of
from anonmsg.web.posts.forms import fields_or_empty
from anonmsg.web.posts.pasted_links import secret_in
from anonmsg.web.prerendered.pages import Pages

# The query of the page that needs no script; its value says what has just happened.
PLAIN, NEW, UNVERIFIED = "plain", "new", "unverified"
Typed = Mapping[str, str]


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
            _code_form({}, {}),
            _resend_form(""),
            plain.way_on(addresses.SIGN_UP.path, _("Sign up again")),
        )

    async def _built(self, request: Request) -> Response:
        if self._pages is None:
            return _refused({}, SignUpNotFound(), "")
        return await self._pages.static(request)

    async def verify(self, request: Request) -> Response:
        """POST /verify: verify, or answer with what's wrong and the form again."""
        typed = await fields_or_empty(request)
        browser = await browser_id_of(request, typed, self._cookies)
        try:
            if typed.get("resend"):
                return await _resend(typed, browser)
            await _verify(request, typed, browser)
        except AlreadyVerified as refusal:
            return _already_verified(refusal, plain.status_of(refusal))
        except AppError as refusal:
            return _refused(typed, refusal, browser)
        return self._verified()

    def _verified(self) -> Response:
        answer = plain.answer(
            _("Account verified successfully"), plain.way_on(addresses.SIGN_IN.path, _("Sign in"))
        )
        self._cookies.clear_sign_up(answer)
        return answer


def _already_verified(refusal: AlreadyVerified, status: int) -> Response:
    """Return the way on; the cookie stays, for it may be another sign-up's than the link."""
    way = plain.way_on(addresses.SIGN_IN.path, _("Sign in"))
    words = plain.sentence(refusal.sentence)
    return plain.answer(_("Nothing left to do"), words, way, status=status)


async def _verify(request: Request, typed: Typed, browser: str) -> None:
    asked = {
        "browser": browser,
        "username": typed.get("username"),
        "network": request.state.network,
    }
    if link := secret_in(typed):
        asked |= {"link": link, "password": typed.get("password")}
        await run_hashing(verifications.by_link, **asked)
    else:
        await run(verifications.by_code, code=typed.get("code"), **asked)


async def _resend(typed: Typed, browser: str) -> Response:
    await run(sign_ups.resend, browser=browser)
    return plain.answer(
        _("Check your email"),
        plain.sentence(_("We've sent a new code. The old one no longer works.")),
        _code_form(typed, {}),
        _resend_form(typed.get(FIELD, "")),
    )


def _news(happened: str | None, pending: PendingSignUp) -> list[Markup]:
    """Return what to tell someone who comes to enter the code."""
    told = []
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
    form = _link_form(typed, errors) if by_link else _code_form(typed, errors)
    shown = ("link", "password") if by_link else ("code",)
    ways = [plain.way_on(addresses.SIGN_IN.path, _("Sign in"))]
    if browser:
        ways.insert(0, _resend_form(typed.get(FIELD, "")))
    else:
        ways.append(plain.way_on(addresses.SIGN_UP.path, _("Sign up again")))
    return plain.answer(
        _("Not verified yet"),
        plain_forms.other_errors(errors, *shown, "username"),
        form,
        *ways,
        status=plain.status_of(refusal),
    )


def _code_form(typed: Typed, errors: Typed) -> Markup:
    """Return the form for the code; a code that was typed never comes back."""
    return plain_forms.form(
        addresses.VERIFY.path,
        plain_forms.box(
            "code",
            _("Verification code"),
            errors=errors,
            autocomplete="one-time-code",
            hint=_("6 digits, valid for 15 minutes."),
        ),
        _username_box(typed, errors),
        plain_forms.hidden(FIELD, typed.get(FIELD, "")),
        label=_("Verify"),
    )


def _link_form(typed: Typed, errors: Typed) -> Markup:
    """Return the form for the emailed link, which any browser may send with the password."""
    # Only a good link can be refused for a password or a username; another is asked for.
    link = secret_in(typed) if {"password", "username"} & errors.keys() else ""
    asks = not link or "password" in errors or bool(typed.get("password"))
    parts = [
        plain_forms.hidden("link", link)
        or plain_forms.box("link", _("Link from the email"), errors=errors),
        plain_forms.password_box(
            _("Password"),
            errors=errors,
            autocomplete="current-password",
            hint=_("The one you signed up with."),
        )
        if asks
        else Markup(""),
        _username_box(typed, errors),
        plain_forms.hidden(FIELD, typed.get(FIELD, "")),
    ]
    return plain_forms.form(addresses.VERIFY.path, *parts, label=_("Verify"))


def _username_box(typed: Typed, errors: Typed) -> Markup:
    """Return the box for another username, once the first one has been lost."""
    if "username" not in errors and not typed.get("username"):
        return Markup("")
    return plain_forms.box(
        "username",
        _("Username"),
        errors=errors,
        value=typed.get("username", ""),
        autocomplete="username",
        hint=_("2–20 letters, numbers or underscores."),
    )


def _resend_form(browser: str) -> Markup:
    return plain_forms.form(
        addresses.VERIFY.path,
        plain_forms.hidden(FIELD, browser),
        label=_("Resend code"),
        name="resend",
    )
