"""Forms as they come by HTTP: from our own pages, and of a sane size."""

from __future__ import annotations

from collections.abc import Collection

from python_multipart.exceptions import FormParserError
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

LARGEST_FORM = 64 * 1024
MOST_FIELDS = 20


class BadForm(Exception):
    """Raised when a form is too large or cannot be read."""


def is_from_our_pages(request: Request, origins: Collection[str]) -> bool:
    """Whether a POST comes from a page of ours.

    Browsers say so in Sec-Fetch-Site; where that header is missing, the
    Origin must be one of ours.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("origin") in origins


async def fields_of(request: Request) -> dict[str, str]:
    """The text fields of a form, each with its last value.

    Raises:
        BadForm: it is too large or cannot be read.
    """
    bounded = Request(request.scope, _bounded(request.receive))
    # The whole of it, so that a body which is no form is counted as well.
    await bounded.body()
    try:
        async with bounded.form(max_files=0, max_fields=MOST_FIELDS) as form:
            return {n: _clean(value) for n, value in form.multi_items() if isinstance(value, str)}
    except (HTTPException, MultiPartException, FormParserError, UnicodeError):
        raise BadForm from None


def _bounded(receive: Receive) -> Receive:
    """What is received, up to the largest form there may be."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST_FORM:
            raise BadForm
        return message

    return counted


def _clean(value: str) -> str:
    """The text without lone surrogates, which no answer could repeat."""
    return value.encode("utf-8", "replace").decode()
