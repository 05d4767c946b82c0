"""The HTML of the build, read and rewritten so that it never stops being markup.

What Python's `re` gives back is a plain string. Here the pieces are cut out of
the page itself, so that they stay Markup, and what is not Markup is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup


class UnexpectedBuild(LookupError):
    """Raised when a built page lacks what it is filled by; says which, and where."""


def read(file: Path) -> Markup:
    """A file of the build, which we have written ourselves: markup as it stands."""
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704


def find(html: Markup, pattern: re.Pattern[str]) -> Markup | None:
    """The first piece of a page that matches."""
    found = pattern.search(html)
    return html[found.start() : found.end()] if found else None


def split(html: Markup, pattern: re.Pattern[str]) -> list[Markup]:
    """A page in pieces, which are the page when joined: every second one is a match."""
    pieces, end = [], 0
    for found in pattern.finditer(html):
        pieces += [html[end : found.start()], html[found.start() : found.end()]]
        end = found.end()
    return [*pieces, html[end:]]


def replaced(html: Markup, pattern: re.Pattern[str], change: Callable[[Markup], Markup]) -> Markup:
    """The page with every match changed."""
    pieces = split(html, pattern)
    pieces[1::2] = [change(each) for each in pieces[1::2]]
    return Markup("").join(pieces)
