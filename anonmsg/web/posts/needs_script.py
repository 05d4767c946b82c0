"""What a form answers when it is sent before its page's scripts have loaded.

Signing up and verifying need the page: their random id lives in the browser's
storage; and so does whatever a mailed link opens, because its secret stands in
the address's fragment. So nothing is done here, and what was typed is not lost
in an address.
"""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from anonmsg.locale import _
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of


async def unfinished(request: Request) -> Response:
    """POST a form that needs its page, without scripts: say so, and how to go on."""
    try:
        typed = await fields_of(request)
    except BadForm:
        typed = {}
    kept = [(_("Username"), typed.get("username")), (_("Email"), typed.get("email"))]
    line = Markup('<p><strong>{}:</strong> <span dir="auto">{}</span></p>')
    shown = [line.format(label, value[:320]) for label, value in kept if value]
    return plain.answer(
        _("Nothing was sent yet"),
        plain.sentence(
            _(
                "The page was not ready when you pressed the button. "
                "Go back, wait a moment, and press it again. This step needs JavaScript."
            )
        ),
        *shown,
        plain.way_on(request.scope["path"], _("Back to the form")),
    )
