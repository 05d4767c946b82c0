"""Asking for a link to a new password, without scripts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anonmsg.context import run
from anonmsg.errors import AppError
from anonmsg.http import plain
from anonmsg.http.forms import BadForm, fields_of
from anonmsg.locale import _
from anonmsg.services import resets


async def forgot(request: Request) -> Response:
    """POST /forgot-password: mail the link, or answer with the address in the box."""
    try:
        typed = await fields_of(request)
    except BadForm:
        typed = {}
    email = typed.get("email", "")
    try:
        await run(resets.ask, email=email, network=request.state.network)
    except AppError as refusal:
        return plain.answer(
            _("Not sent"),
            f'<div role="alert">{plain.sentence(refusal.sentence)}</div>',
            plain.email_form(request.scope["path"], email=email[:320]),
            status=plain.status_of(refusal),
        )
    return plain.answer(
        _("Look into your mail"),
        plain.sentence(resets.asked()),
        plain.way_on("/sign-in", _("Sign in")),
    )
