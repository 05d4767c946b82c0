"""The new-password form, posted natively with the link's secret or the pasted link."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.errors import AppError, LinkExpired
from anonmsg.locale import _
from anonmsg.runtime.hashing import Share
from anonmsg.services.accounts import password_resets
from anonmsg.web.posts import plain, plain_forms
from anonmsg.web.posts.forms import fields_or_empty
from anonmsg.web.posts.pasted_links import FIELD, secret_in
from anonmsg.web.use_cases import run_hashing


async def reset(request: Request) -> Response:
    """POST /reset-password: set the password, or answer with the form again."""
    typed = await fields_or_empty(request)
    link = secret_in(typed)
    try:
        await run_hashing(
            password_resets.reset,
            Share.of_network(request.state.network),
            link=link,
            password=typed.get("password"),
            network=request.state.network,
        )
    except LinkExpired as refusal:
        return _refused("", {} if not link else refusal.by_field(), plain.status_of(refusal))
    except AppError as refusal:
        return _refused(link, refusal.by_field(), plain.status_of(refusal))
    return plain.answer(
        _("Your password is changed. Sign in to continue."),
        plain.way_on(addresses.SIGN_IN.path, _("Sign in")),
    )


def _refused(link: str, errors: Mapping[str, str], status: int) -> Response:
    return plain.answer(
        _("Choose a new password"),
        plain_forms.other_errors(errors, FIELD, "password"),
        plain_forms.form(
            addresses.RESET_PASSWORD.path, *_boxes(link, errors), label=_("Reset password")
        ),
        plain.way_on(addresses.FORGOT_PASSWORD.path, _("Get a new link")),
        status=status,
    )


def _boxes(link: str, errors: Mapping[str, str]) -> list[Markup]:
    """Return the boxes, with one for the link unless it has already come."""
    return [
        plain_forms.hidden(FIELD, link)
        or plain_forms.box(
            FIELD,
            _("Link from the email"),
            errors=errors,
            hint=_("Copy the whole link from the email and paste it here."),
        ),
        plain_forms.password_box(
            _("New password"),
            errors=errors,
            autocomplete="new-password",
            hint=_("At least 8 characters. A short sentence works well."),
        ),
    ]
