"""Reads posted forms, only from our own pages; the door has bounded their size."""

from __future__ import annotations

from collections.abc import Collection

from python_multipart.exceptions import FormParserError
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

MOST_FIELDS = 20


class BadForm(Exception):
    """Raised when a form is malformed, or has too many fields."""


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
        BadForm: the form is malformed, or has too many fields.
    """
    # Read all of it, also if it isn't a form.
    await request.body()
    try:
        async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
            return {n: _clean(value) for n, value in form.multi_items() if isinstance(value, str)}
    except (HTTPException, MultiPartException, FormParserError, UnicodeError):
        raise BadForm from None


async def fields_or_empty(request: Request) -> dict[str, str]:
    """Return a form's text fields; none if the form is malformed."""
    try:
        return await fields_of(request)
    except BadForm:
        return {}


def _clean(value: str) -> str:
    """Replace lone surrogates, which no response could contain."""
    return value.encode("utf-8", "replace").decode()
