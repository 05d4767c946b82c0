"""The answer to a form that was sent before its page's scripts loaded.

The settings are shown and changed over the page's socket. So this does nothing
but explain, and keeps what was typed out of URLs.
"""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from anonmsg.locale import _
from anonmsg.web.posts import plain
from anonmsg.web.posts.forms import BadForm, fields_of


async def unfinished(request: Request) -> Response:
    """POST to a form that needs scripts: explain that, and how to continue."""
    try:
        typed = await fields_of(request)
    except BadForm:
        typed = {}
    kept = [(_("Username"), typed.get("username")), (_("Email"), typed.get("email"))]
    line = Markup('<p><strong>{}:</strong> <span dir="auto">{}</span></p>')
    shown = [line.format(label, value[:320]) for label, value in kept if value]
    return plain.answer(
        _("Not sent yet"),
        plain.sentence(
            _(
                "The page wasn't ready when you pressed the button. Go back, wait a moment and "
                "try again. This step needs JavaScript."
            )
        ),
        *shown,
        plain.way_on(request.scope["path"], _("Back to the form")),
    )
