"""Sets any text in lines: every script and every emoji in a font that has it.

Pillow shapes a run of one font and one direction. What it leaves to us is which
font has a character, which way each part of a mixed line runs, and where a
line ends when a name is longer than its place.
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

# More is cut before anything is measured: it would be set in dots in any case.
LONGEST = 160
# Marks that are stacked higher cover what stands in the lines around.
HIGHEST_STACK = 3
ELLIPSIS = "…"
# Stands for what no font has: something is there, and it is not an empty box.
UNKNOWN = "·"
INVISIBLE = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}
TAGS = range(0xE0020, 0xE0080)


@dataclass(frozen=True)
class Cluster:
    """What a reader takes for one character, its font, and the level it is read at.

    An odd level (Unicode, annex 9) reads from right to left.
    """

    text: str
    face: Typeface
    level: int


Line = tuple[Cluster, ...]


@dataclass(frozen=True)
class Fit:
    """Lines that fit into their place, and at which size, in pixels."""

    lines: tuple[Line, ...]
    size: int


def fit(
    text: str, *, width: float, steps: Sequence[tuple[int, int]], weight: int, serif: bool = True
) -> Fit:
    """Set a text as large as its place allows, and end it in dots where nothing helps.

    Args:
        text: Anything.
        width: Of the place, in pixels.
        steps: Sizes from the best one down, each with the lines it may take.
        weight: How bold, from 400 to 700.
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
        lines[most - 1 :] = [_ended(lines[most - 1], dots, width, size)]
    return Fit(tuple(lines), size)


def draw(
    canvas: ImageDraw.ImageDraw, at: tuple[float, float], line: Line, size: int, fill: str
) -> None:
    """Draw a line that begins at a point of its baseline."""
    x, y = at
    for run in _as_seen(line):
        face, text, direction = run[0].face, _text(run), _direction(run[0].level)
        font = fonts.font(face, size)
        canvas.text((x, y), text, fill, font, anchor="ls", direction=direction)
        x += font.getlength(text, direction=direction)


def width_of(fitted: Fit) -> float:
    """The width of the widest line."""
    return max((_width(line, fitted.size) for line in fitted.lines), default=0.0)


@lru_cache(maxsize=256)
def set_in_type(text: str, *, weight: int, serif: bool = True) -> Line:
    """The characters of a text, each with a font that has it, in the order of reading."""
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
    """One line of what can be seen; directions are found, never taken from the text."""
    shown = (each if _is_shown(each) else " " for each in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).replace("\N{ZERO WIDTH SPACE}", "").split())[:LONGEST]


def _is_shown(character: str) -> bool:
    if unicodedata.category(character) == "Cf":
        return character in INVISIBLE or ord(character) in TAGS
    return unicodedata.category(character) not in {"Cc", "Cs", "Co", "Zl", "Zp"}


def _bounded(cluster: str) -> str:
    """A character without the marks that would grow over the lines around it."""
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
    """The level of each cluster, which is that of its first character."""
    # A character that is newer than Python's tables has no direction; an emoji needs none.
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
    """Break lines where words end, and inside of words only if asked to."""
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
    """Runs that a line break may follow: a word with its space, or an ideograph."""
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
    """A line without the space at its ends."""
    while line and line[-1].text.isspace():
        line = line[:-1]
    while line and line[0].text.isspace():
        line = line[1:]
    return line


def _ended(line: Line, dots: Line, width: float, size: int) -> Line:
    """As much of a line as leaves room for the dots."""
    while line and _width((*line, *dots), size) > width:
        line = _stripped(line[:-1])
    return (*line, *dots)


def _as_seen(line: Line) -> list[Line]:
    """Runs of one font and one direction, from left to right (annex 9, rule L2)."""
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
