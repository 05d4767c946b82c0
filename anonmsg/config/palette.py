"""The pages' colours, for emails, pictures and the export, which can't use the stylesheet.

They're defined once, in `assets/css/tokens.css`, which is next to the package
wherever the app runs.
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
# Six hex digits (sRGB), which both email clients and Pillow understand.
COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")


class BrokenPalette(Exception):
    """Raised when the stylesheet lacks a colour; names the colour."""


@dataclass(frozen=True)
class Palette:
    """One colour scheme in sRGB, such as #f8f4ec, with the stylesheet's names."""

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
    """Return the light and dark colours of a stylesheet.

    Args:
        css: The design tokens, with the dark colours in their own media query.

    Raises:
        BrokenPalette: a colour is missing or isn't written as six hex digits.
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
