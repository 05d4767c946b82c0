"""Reads posted forms: only from our own pages, and up to a size limit."""

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
    """Raised when a form is too large or malformed."""


def is_from_our_pages(request: Request, origins: Collection[str]) -> bool:
    """Return whether a POST comes from one of our pages.

    Browsers say so in Sec-Fetch-Site. If that header is missing, the Origin must
    be one of ours.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("origin") in origins


async def fields_of(request: Request) -> dict[str, str]:
    """Return a form's text fields, each with its last value.

    Raises:
        BadForm: the form is too large or malformed.
    """
    bounded = Request(request.scope, _bounded(request.receive))
    # Read all of it, so that the limit also covers a body that isn't a form.
    await bounded.body()
    try:
        async with bounded.form(max_files=0, max_fields=MOST_FIELDS) as form:
            return {n: _clean(value) for n, value in form.multi_items() if isinstance(value, str)}
    except (HTTPException, MultiPartException, FormParserError, UnicodeError):
        raise BadForm from None


async def fields_or_empty(request: Request) -> dict[str, str]:
    """Return a form's text fields; none if the form is too large or malformed."""
    try:
        return await fields_of(request)
    except BadForm:
        return {}


def _bounded(receive: Receive) -> Receive:
    """Wrap a receive function so that it raises once a form is too large."""
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
    """Replace lone surrogates, which no response could contain."""
    return value.encode("utf-8", "replace").decode()
