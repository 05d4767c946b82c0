"""The public page's form, posted natively without scripts."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.errors import AppError, PageNotFound, TooManyAttempts
from anonmsg.locale import _
from anonmsg.security.codes import new_token
from anonmsg.services.inbox import messages
from anonmsg.services.inbox.messages import Draft
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of
from anonmsg.web.use_cases import together

# Tells the page's script to forget the draft. A fragment would stay on this page,
# which has the same path.
DRAFT_IS_SENT = "?sent"
PATH_MARKER = "the-path-of-the-page"


async def send(request: Request) -> Response:
    """POST /u/<username>: send the message, or answer with the draft still filled in."""
    path = request.scope["path"]
    username, network = request.path_params["username"], request.state.network
    try:
        typed = await fields_of(request)
    except BadForm:
        return await _too_long(Draft(username, None, network), path)
    draft, key = typed.get("message", ""), typed.get("key", "")
    later = typed.get("later") == "yes"
    try:
        await together(messages.send_all, Draft(username, draft, network, key, later))
    except PageNotFound as refusal:
        return plain.answer(refusal.sentence, plain.way_on("/", _("Home")), status=404)
    except AppError as refusal:
        return plain.answer(
            _("Not sent"),
            plain.alert(refusal.sentence),
            plain.message_form(path, draft=draft, key=key or new_token(), later=later),
            status=plain.status_of(refusal),
        )
    return plain.of(_sent().replace(PATH_MARKER, path))


@cache
def _sent() -> Markup:
    """Return the page after a message was sent, in which only the path differs."""
    return plain.page(
        _("Message sent anonymously"),
        plain.sentence(_("No name attached. Only your words arrive.")),
        plain.way_on(addresses.SIGN_UP.path, _("Create your own page"), kind="primary"),
        plain.way_on(f"{PATH_MARKER}{DRAFT_IS_SENT}", _("Send another")),
    )


async def _too_long(draft: Draft, path: str) -> Response:
    """Answer a form that's too large to read, which counts like any other attempt."""
    sentence, status = _("That's too long. Use at most 1,000 characters."), 413
    try:
        await together(messages.send_all, draft)
    except TooManyAttempts as refusal:
        sentence, status = refusal.sentence, plain.status_of(refusal)
    except AppError:
        pass
    back = plain.way_on(path, _("Back to the page"))
    return plain.answer(_("Not sent"), plain.sentence(sentence), back, status=status)
