"""The sign-up form, posted natively: without scripts, or where no WebSocket can be had."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anonmsg import addresses
from anonmsg.errors import AppError
from anonmsg.locale import _
from anonmsg.runtime.hashing import Share
from anonmsg.services.accounts import sign_ups
from anonmsg.web.cookies import Cookies
from anonmsg.web.posts import plain, plain_forms
from anonmsg.web.posts.browser_ids import FIELD, browser_id_of
from anonmsg.web.posts.forms import fields_or_empty
from anonmsg.web.posts.verify import NEW, plain_page
from anonmsg.web.use_cases import run_hashing

BOXES = ("username", "email", "password")


class SignUpPosts:
    """The route that begins a sign-up and lets this browser enter its code."""

    def __init__(self, cookies: Cookies) -> None:
        """Keep the cookies, one of which holds the sign-up's random id."""
        self._cookies = cookies

    async def sign_up(self, request: Request) -> Response:
        """POST /sign-up: begin, or answer with the form still filled in."""
        typed = await fields_or_empty(request)
        try:
            browser = await run_hashing(
                sign_ups.sign_up,
                Share.of_network(request.state.network),
                username=typed.get("username"),
                email=typed.get("email"),
                password=typed.get("password"),
                browser=await browser_id_of(request, typed, self._cookies),
                network=request.state.network,
            )
        except AppError as refusal:
            return _refused(typed, refusal)
        # After a redirect, the page can be reloaded without signing up again.
        answer = RedirectResponse(plain_page(NEW), 303)
        self._cookies.keep_sign_up(answer, browser)
        return answer


def _refused(typed: Mapping[str, str], refusal: AppError) -> Response:
    errors = refusal.by_field()
    return plain.answer(
        _("Create your page"),
        plain_forms.other_errors(errors, *BOXES),
        _form(typed, errors),
        plain.way_on(addresses.SIGN_IN.path, _("Sign in")),
        status=plain.status_of(refusal),
    )


def _form(typed: Mapping[str, str], errors: Mapping[str, str]) -> Markup:
    return plain_forms.form(
        addresses.SIGN_UP.path,
        plain_forms.box(
            "username",
            _("Username"),
            errors=errors,
            value=typed.get("username", ""),
            autocomplete="username",
            hint=_("2–20 letters, numbers or underscores. This is your link."),
        ),
        plain_forms.box(
            "email",
            _("Email"),
            errors=errors,
            value=typed.get("email", ""),
            kind="email",
            autocomplete="email",
            hint=_("For your code and account notices. No newsletters."),
        ),
        plain_forms.password_box(
            _("Password"),
            errors=errors,
            autocomplete="new-password",
            hint=_("At least 8 characters. A short sentence works well."),
        ),
        plain_forms.hidden(FIELD, typed.get(FIELD, "")),
        label=_("Sign up"),
    )
