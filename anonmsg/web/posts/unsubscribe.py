"""The link that ends emails about new messages: a page with a button, and what it does.

Email programs and their scanners open links, so opening it does nothing. They also post to
it when somebody presses their own button (RFC 8058), without cookies and from another site.
That's why this is the one form that may come from anywhere: its key is the authority.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anonmsg import addresses
from anonmsg.errors import AppError
from anonmsg.locale import _
from anonmsg.services.notifications import unsubscribe_links
from anonmsg.services.notifications.unsubscribe_links import LONGEST_KEY
from anonmsg.web.posts import plain, plain_forms
from anonmsg.web.use_cases import run


async def ask(request: Request) -> Response:
    """GET /unsubscribe: show the button, and look nothing up."""
    key = request.query_params.get(addresses.UNSUBSCRIBE_KEY, "")[:LONGEST_KEY]
    return plain.answer(
        _("Stop emails about new messages?"),
        plain.sentence(_("Your messages still arrive in your inbox.")),
        plain_forms.form(addresses.unsubscribe_path(key), label=_("Stop these emails")),
    )


async def stop(request: Request) -> Response:
    """POST /unsubscribe: end the emails of the person whom the link is for."""
    key = request.query_params.get(addresses.UNSUBSCRIBE_KEY, "")
    way = plain.way_on(f"{addresses.SETTINGS.path}#notifications", _("Open your settings"))
    try:
        await run(unsubscribe_links.use, key=key)
    except AppError as refusal:
        return plain.answer(
            _("Nothing was changed yet"),
            plain.alert(refusal.sentence),
            way,
            status=plain.status_of(refusal),
        )
    return plain.answer(
        _("These emails have ended"),
        plain.sentence(
            _(
                "Your messages still arrive in your inbox. You can turn the emails on again in "
                "your settings."
            )
        ),
        way,
    )
