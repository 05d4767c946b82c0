"""Lays out text in any script, including emoji, each character in a font that has it.

Pillow shapes runs of one font and one direction. The rest is up to us: choosing
a font for each character, ordering mixed-direction lines, and breaking lines
when a name is too long.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import regex
from bidi import algorithm
from PIL import ImageDraw

from anonmsg.pictures import fonts
from anonmsg.pictures.fonts import Typeface

# Longer text is cut before it's measured: it would end in an ellipsis anyway.
LONGEST = 160
# Higher stacks of marks would overlap the lines around them.
HIGHEST_STACK = 3
ELLIPSIS = "…"
# Shown for a character that no font has, instead of an empty box.
UNKNOWN = "·"
INVISIBLE = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}
TAGS = range(0xE0020, 0xE0080)


@dataclass(frozen=True)
class Cluster:
    """A grapheme cluster with its font and its bidirectional embedding level.

    Odd levels run from right to left (Unicode annex 9).
    """

    text: str
    face: Typeface
    level: int


Line = tuple[Cluster, ...]


@dataclass(frozen=True)
class Fit:
    """Lines that fit their space, and their font size in pixels."""

    lines: tuple[Line, ...]
    size: int


def fit(
    text: str, *, width: float, steps: Sequence[tuple[int, int]], weight: int, serif: bool = True
) -> Fit:
    """Set a text as large as its space allows, or cut it with an ellipsis.

    Args:
        text: Any text.
        width: The available width, in pixels.
        steps: Font sizes in order of preference, each with its maximum number of
            lines.
        weight: From 400 to 700.
        serif: Whether Latin, Greek and Cyrillic have serifs.
    """
    clusters = set_in_type(text, weight=weight, serif=serif)
    for size, most in steps:
        lines = _wrapped(clusters, width, size)
        if len(lines) <= most and all(_width(line, size) <= width for line in lines):
            return Fit(tuple(lines), size)
    size, most = steps[-1]
    lines = _wrapped(clusters, width, size, breaks_words=True)
    if len(lines) > most:
        dots = set_in_type(ELLIPSIS, weight=weight, serif=serif)
        level = _base_level("".join(each.text for each in clusters))
        dots = tuple(Cluster(each.text, each.face, level) for each in dots)
        lines[most - 1 :] = [_with_ellipsis(lines[most - 1], dots, width, size)]
    return Fit(tuple(lines), size)


def draw(
    canvas: ImageDraw.ImageDraw,
    at: tuple[float, float],
    line: Line,
    size: int,
    fill: str,
    *,
    before: float = 0,
) -> None:
    """Draw a line from a point on its baseline.

    Args:
        canvas: The picture to draw on.
        at: The point.
        line: The line.
        size: Its font size, in pixels.
        fill: Its colour.
        before: How much of the line is left of the point: nothing, half of it (0.5), or
            all of it (1).
    """
    x, y = at[0] - before * _width(line, size), at[1]
    for run in _as_seen(line):
        face, text, direction = run[0].face, _text(run), _direction(run[0].level)
        font = fonts.font(face, size)
        canvas.text((x, y), text, fill, font, anchor="ls", direction=direction)
        x += font.getlength(text, direction=direction)


def width_of(fitted: Fit) -> float:
    """Return the width of the widest line, in pixels."""
    return max((_width(line, fitted.size) for line in fitted.lines), default=0.0)


def is_right_to_left(text: str) -> bool:
    """Return whether the first letter that has a direction runs from right to left."""
    return _base_level(_clean(text)) == 1


@lru_cache(maxsize=256)
def set_in_type(text: str, *, weight: int, serif: bool = True) -> Line:
    """Return a text's characters in reading order, each with a font that has it."""
    found = [_bounded(each) for each in regex.findall(r"\X", _clean(text))]
    clusters = [each for each in found if unicodedata.category(each[0]) != "Cf"]
    made = []
    for cluster, level in zip(clusters, _levels(clusters), strict=True):
        face = fonts.having(cluster, weight=weight, serif=serif)
        if face is None:
            cluster, face = UNKNOWN, fonts.plain(weight=weight, serif=serif)  # noqa: PLW2901
        made.append(Cluster(cluster, face, level))
    return tuple(made)


def _clean(text: str) -> str:
    """Return the visible text on one line, without its own direction controls."""
    shown = (each if _is_shown(each) else " " for each in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).replace("\N{ZERO WIDTH SPACE}", "").split())[:LONGEST]


def _is_shown(character: str) -> bool:
    if unicodedata.category(character) == "Cf":
        return character in INVISIBLE or ord(character) in TAGS
    return unicodedata.category(character) not in {"Cc", "Cs", "Co", "Zl", "Zp"}


def _bounded(cluster: str) -> str:
    """Return a character without marks that would overlap the lines around it."""
    kept, stacked = [], 0
    for each in cluster:
        stacked += unicodedata.combining(each) >= 200
        if stacked <= HIGHEST_STACK or not unicodedata.combining(each):
            kept.append(each)
    return "".join(kept)


def _base_level(text: str) -> int:
    level: int = algorithm.get_base_level(text)
    return level


def _levels(clusters: Sequence[str]) -> list[int]:
    """Return each cluster's embedding level, which is its first character's."""
    # A character newer than Python's Unicode tables has no direction, and emoji need none.
    first = (each[0] for each in clusters)
    text = "".join(each if unicodedata.bidirectional(each) else UNKNOWN for each in first)
    storage = algorithm.get_empty_storage()
    storage["base_level"] = _base_level(text)
    storage["base_dir"] = "LR"[storage["base_level"]]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    return [each["level"] for each in storage["chars"]]


def _wrapped(clusters: Line, width: float, size: int, *, breaks_words: bool = False) -> list[Line]:
    """Break lines between words, and within words only if asked to."""
    lines: list[Line] = [()]
    for word in _words(clusters):
        if _width(_stripped((*lines[-1], *word)), size) <= width:
            lines[-1] = (*lines[-1], *word)
        elif breaks_words and _width(_stripped(word), size) > width:
            for each in word:
                fits = _width((*lines[-1], each), size) <= width
                lines[-1:] = [(*lines[-1], each)] if fits else [lines[-1], (each,)]
        else:
            lines.append(word)
    return [line for line in map(_stripped, lines) if line]


def _words(clusters: Line) -> Iterator[Line]:
    """Yield the units a line can break after: a word with its space, or an ideograph."""
    word: Line = ()
    for each in clusters:
        is_ideograph = unicodedata.east_asian_width(each.text[0]) in "WF"
        if is_ideograph and word and not word[-1].text.isspace():
            yield word
            word = ()
        word = (*word, each)
        if is_ideograph or each.text.isspace():
            yield word
            word = ()
    yield word


def _stripped(line: Line) -> Line:
    """Return a line without spaces at its ends."""
    while line and line[-1].text.isspace():
        line = line[:-1]
    while line and line[0].text.isspace():
        line = line[1:]
    return line


def _with_ellipsis(line: Line, dots: Line, width: float, size: int) -> Line:
    """Return as much of a line as fits before the ellipsis, with the ellipsis."""
    while line and _width((*line, *dots), size) > width:
        line = _stripped(line[:-1])
    return (*line, *dots)


def _as_seen(line: Line) -> list[Line]:
    """Return the line's runs of one font and direction in visual order (annex 9, rule L2)."""
    runs = [tuple(run) for _, run in groupby(line, key=lambda each: (each.face, each.level))]
    for level in range(max((each.level for each in line), default=0), 0, -1):
        blocks = groupby(runs, key=lambda run: run[0].level >= level)
        ordered = [list(block)[:: -1 if is_deep else 1] for is_deep, block in blocks]
        runs = [run for block in ordered for run in block]
    return runs


def _text(run: Line) -> str:
    return "".join(each.text for each in run)


def _direction(level: int) -> str:
    return "rtl" if level % 2 else "ltr"


def _width(line: Line, size: int) -> float:
    return sum(
        fonts.font(run[0].face, size).getlength(_text(run), direction=_direction(run[0].level))
        for run in _as_seen(line)
    )
