"""The answers that the door gives in the place of a route."""

from __future__ import annotations

import re

from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from anonmsg.errors import N_
from anonmsg.locale import _
from anonmsg.web.posts import plain

# For each status, a title and a sentence.
WORDS = {
    400: (N_("Nobody's here."), N_("Check the link for typos.")),
    408: (
        N_("That took too long"),
        N_("Your connection is too slow or was interrupted. Go back and try again."),
    ),
    413: (
        N_("That's too long"),
        N_("It's more than a form here can take. Go back, shorten it and try again."),
    ),
    429: (
        N_("Too many at once"),
        N_("There are too many open requests from your network. Try again in a few seconds."),
    ),
}
# Seconds.
RETRY_AFTER = 5
# A path that is a link on this site and nothing else: //example.com is another site.
PLAIN_PATH = re.compile(r"(/[A-Za-z0-9_-]+)+")


def refusal(scope: Scope, status: int) -> Response:
    """Return the answer to a request that gets no further.

    It ends the connection: what is left of the request must not be taken for the
    next one.

    Args:
        scope: The request.
        status: One of the statuses in WORDS.
    """
    title, sentence = (_(each) for each in WORDS[status])
    if "application/json" in Headers(scope=scope).get("accept", ""):
        body = {"success": False, "message": sentence, "field": "form"}
        answer: Response = JSONResponse(body, status)
    else:
        answer = plain.answer(title, plain.alert(sentence), _way_on(scope), status=status)
    answer.headers["Connection"] = "close"
    if status == 429:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _way_on(scope: Scope) -> Markup:
    """Return a link to the page whose form was sent, or home."""
    path = scope["path"]
    if scope["method"] == "POST" and PLAIN_PATH.fullmatch(path):
        return plain.way_on(path, _("Back to the page"))
    return plain.way_on("/", _("Home"))
