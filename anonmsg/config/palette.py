"""The colours of pages, for what cannot read a stylesheet: mails, pictures, the download.

They are written once, in `assets/css/tokens.css`, which stands beside the
package wherever the app runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path

TOKENS = Path(__file__).parents[2] / "assets" / "css" / "tokens.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DARK_RULE = re.compile(
    r"@media \(prefers-color-scheme: dark\)\s*\{\s*:root\s*\{(.*?)\}\s*\}", re.DOTALL
)
# Mail programs and Pillow know colours of sRGB by six hexadecimal digits, if by anything.
COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")


class BrokenPalette(Exception):
    """Raised when the stylesheet lacks a colour; says which."""


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme in sRGB, such as #f8f4ec, named as in the stylesheet."""

    paper: str
    surface: str
    sunk: str
    ink: str
    ink_soft: str
    line: str
    line_strong: str
    accent: str
    on_accent: str


def read(css: str) -> tuple[Palette, Palette]:
    """Find the colours of a stylesheet, by day and by night.

    Args:
        css: The tokens, in which dark colours stand in a rule of their own.

    Raises:
        BrokenPalette: a colour is missing, or is not written in six digits.
    """
    written = COMMENT.sub("", css)
    dark = DARK_RULE.search(written)
    if dark is None:
        raise BrokenPalette("assets/css/tokens.css has no colours for the dark.")
    return _named(DARK_RULE.sub("", written), "light"), _named(dark[1], "dark")


def _named(rules: str, scheme: str) -> Palette:
    found = dict(COLOUR.findall(rules))
    names = {field.name: field.name.replace("_", "-") for field in fields(Palette)}
    for token in names.values():
        if token not in found:
            raise BrokenPalette(
                f"assets/css/tokens.css has no --{token} of six hexadecimal digits"
                f" among its {scheme} colours."
            )
    return Palette(**{name: found[token] for name, token in names.items()})


def _tokens() -> str:
    try:
        return TOKENS.read_text(encoding="utf-8")
    except OSError as error:
        raise BrokenPalette(
            "assets/css/tokens.css cannot be read; anonmsg runs from a whole checkout."
        ) from error


LIGHT, DARK = read(_tokens())
