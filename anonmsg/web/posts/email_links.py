"""The buttons that confirm or undo a change of email address, posted natively."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.addresses import Address
from anonmsg.errors import AppError, ServerFailed
from anonmsg.locale import _
from anonmsg.services.accounts import email_changes
from anonmsg.web.posts import plain, plain_forms
from anonmsg.web.posts.forms import fields_or_empty
from anonmsg.web.posts.pasted_links import FIELD, secret_in
from anonmsg.web.use_cases import run


async def confirm(request: Request) -> Response:
    """POST /confirm-email: switch the account to the new address."""
    return await _use(
        request,
        email_changes.confirm,
        label=_("Confirm"),
        done=_("Done. This is your email now."),
        then=(addresses.DASHBOARD, _("Go to your inbox")),
    )


async def undo(request: Request) -> Response:
    """POST /undo-email: put the old address back."""
    return await _use(
        request,
        email_changes.undo,
        label=_("Undo the change"),
        done=_("Done. Your old email is back, and you're signed out everywhere."),
        then=(addresses.FORGOT_PASSWORD, _("Choose a new password")),
    )


async def _use(
    request: Request,
    use_case: Callable[..., None],
    *,
    label: str,
    done: str,
    then: tuple[Address, str],
) -> Response:
    link = secret_in(await fields_or_empty(request))
    try:
        await run(use_case, link=link, network=request.state.network)
    except AppError as refusal:
        return _refused(request, label, refusal, link)
    address, words = then
    return plain.answer(done, plain.way_on(address.path, words))


def _refused(request: Request, label: str, refusal: AppError, link: str) -> Response:
    """Ask for the link; someone who sent none isn't told that it has expired."""
    is_about_nothing = not link and not isinstance(refusal, ServerFailed)
    errors = {} if is_about_nothing else refusal.by_field()
    box = plain_forms.box(
        FIELD,
        _("Link from the email"),
        errors=errors,
        value=link if isinstance(refusal, ServerFailed) else "",
        hint=_("Copy the whole link from the email and paste it here."),
    )
    return plain.answer(
        _("Nothing was changed yet"),
        plain_forms.other_errors(errors, FIELD),
        plain_forms.form(request.scope["path"], box, label=label),
        plain.way_on(addresses.SETTINGS.path, _("Go to your settings")),
        status=plain.status_of(refusal),
    )
