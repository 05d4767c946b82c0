"""Reads and rewrites the built HTML without it ever losing its Markup type.

Python's `re` returns plain strings. These functions slice the page itself
instead, so that the pieces stay Markup and anything else gets escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup


class UnexpectedBuild(LookupError):
    """Raised when a built page lacks a place to fill; says which page and place."""


def read(file: Path) -> Markup:
    """Read a file of the build, which is safe markup because we built it."""
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704


def find(html: Markup, pattern: re.Pattern[str]) -> Markup | None:
    """Return the first match in a page."""
    found = pattern.search(html)
    return html[found.start() : found.end()] if found else None


def find_tag(html: Markup, element: str, attribute: str) -> Markup:
    """Return a page's first opening tag of an element that has an attribute.

    Raises:
        UnexpectedBuild: there is none.
    """
    tag = find(html, re.compile(rf"<{element}\b[^>]*{re.escape(attribute)}[^>]*>"))
    if tag is None:
        raise UnexpectedBuild(f"The built page has no <{element} {attribute}> any more.")
    return tag


def split(html: Markup, pattern: re.Pattern[str]) -> list[Markup]:
    """Split a page into pieces, where every second piece is a match."""
    pieces, end = [], 0
    for found in pattern.finditer(html):
        pieces += [html[end : found.start()], html[found.start() : found.end()]]
        end = found.end()
    return [*pieces, html[end:]]


def replaced(html: Markup, pattern: re.Pattern[str], change: Callable[[Markup], Markup]) -> Markup:
    """Return the page with every match changed."""
    pieces = split(html, pattern)
    pieces[1::2] = [change(each) for each in pieces[1::2]]
    return Markup("").join(pieces)
