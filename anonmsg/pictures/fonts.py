"""The fonts for drawing pictures: the pages' serif, and Noto, which aims for every script."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import fontpkg_noto_serif
import fontpkg_source_serif_4
import manimgx_fonts
import manimgx_fonts_cjk
from fontTools.ttLib import TTFont
from PIL import ImageFont

NOTO = Path(manimgx_fonts.__file__).parent
# The font that the pages' typeface is cut from (`docs/make_typeface.py`).
SERIF = Path(fontpkg_source_serif_4.__file__).parent / "files" / "SourceSerif4[opsz,wght].ttf"
NOTO_SERIF = Path(fontpkg_noto_serif.__file__).parent / "files" / "NotoSerif[wdth,wght].ttf"
SANS = NOTO / "NotoSans[wght].ttf"
# In points, as in the pages.
OPTICAL_SIZE = 28
EMOJI = NOTO / "NotoEmoji[wght].ttf"
CJK = Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc"
# Cached combinations of file, size and weight. There are some thirty files, and a
# picture uses only a few.
OPEN_FONTS = 64
# Joiners, variation selectors and tags, which change a glyph but have none of their own.
SHAPERS = {0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0020, 0xE0080)}
EMOJI_STYLE = "\N{VARIATION SELECTOR-16}"


@dataclass(frozen=True)
class Typeface:
    """A font file at one weight, from 400 to 700."""

    file: Path
    weight: int

    def has(self, text: str) -> bool:
        """Return whether the font has a glyph for every visible character."""
        return {ord(each) for each in text} - SHAPERS <= _characters(self.file)


def having(text: str, *, weight: int, serif: bool) -> Typeface | None:
    """Return the first font that has a character, or its base if none has its marks.

    Args:
        text: One character as a reader sees it.
        weight: From 400 to 700.
        serif: Whether Latin, Greek and Cyrillic have serifs.
    """
    files = _files(serif=serif)
    if EMOJI_STYLE in text or _is_emoji(text):
        files = (EMOJI, *files)
    for wanted in (text, text[0]):
        for file in files:
            face = Typeface(file, weight)
            if face.has(wanted):
                return face
    return None


def plain(*, weight: int, serif: bool) -> Typeface:
    """Return the font that most names are drawn in."""
    return Typeface(SERIF if serif else SANS, weight)


@lru_cache(maxsize=OPEN_FONTS)
def font(face: Typeface, size: int) -> ImageFont.FreeTypeFont:
    """Load a font at a size in pixels."""
    loaded = ImageFont.truetype(str(face.file), size, layout_engine=ImageFont.Layout.RAQM)
    wanted = {b"Weight": face.weight, b"Optical Size": OPTICAL_SIZE}
    loaded.set_variation_by_axes(
        [wanted.get(axis["name"], axis["default"] or 0) for axis in loaded.get_variation_axes()]
    )
    return loaded


@cache
def _files(*, serif: bool) -> tuple[Path, ...]:
    first = (SERIF, NOTO_SERIF, SANS) if serif else (SANS,)
    others = (each for each in sorted(NOTO.glob("*.ttf")) if "Italic" not in each.name)
    last = (EMOJI, CJK)
    return (*first, *(each for each in others if each not in (*first, *last)), *last)


@cache
def _characters(file: Path) -> frozenset[int]:
    with TTFont(file, fontNumber=0, lazy=True) as read:
        return frozenset(read.getBestCmap())


def _is_emoji(text: str) -> bool:
    """Return whether a character is an emoji sequence, which text fonts may draw in black."""
    return len(text) > 1 and unicodedata.category(text[0]) == "So"
