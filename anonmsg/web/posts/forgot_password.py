"""Requests for a password reset link, without scripts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.errors import AppError
from anonmsg.locale import _
from anonmsg.services.accounts import password_resets
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of
from anonmsg.web.use_cases import run


async def forgot(request: Request) -> Response:
    """POST /forgot-password: email the link, or answer with the form still filled in."""
    try:
        typed = await fields_of(request)
    except BadForm:
        typed = {}
    email = typed.get("email", "")
    try:
        await run(password_resets.request, email=email, network=request.state.network)
    except AppError as refusal:
        return plain.answer(
            _("Not sent"),
            plain.alert(refusal.sentence),
            plain.email_form(request.scope["path"], email=email[:320]),
            status=plain.status_of(refusal),
        )
    return plain.answer(
        _("Check your email"),
        plain.sentence(password_resets.request_answer()),
        plain.way_on(addresses.SIGN_IN.path, _("Sign in")),
    )
