"""Folding: different spellings of the same word become one, so that a search finds them.

Case, accents and compatibility forms go (NFKD and casefolding, Unicode Standard, chapters
3.11 and 3.13). In Arabic and Urdu, so do vowel marks and tatweel, and the forms of alef, yeh,
kaf and heh that keyboards mix up become one. In Devanagari the nukta goes, and
candrabindu becomes anusvara. Signs that are vowels of their own stay. All digits are equal.
"""

from __future__ import annotations

import unicodedata

from anonmsg.errors import N_, InvalidSearch
from anonmsg.rules.input_bounds import TooManyMarks, normalised

LONGEST_SEARCH = 100

# Classes of combining marks that go: overlays, nukta, Hebrew, Arabic and Syriac points,
# and whatever stands around a letter of any script. Others, such as a virama or a Thai
# vowel, make another word.
_GO = {1, 7, *range(10, 37), *range(200, 241)}
_LAST_MARK = 0x1E94B
_UNSEEN = "\u00ad\u034f\u061c\u0640\u180b\u180c\u180d\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_UNSEEN += "".join(map(chr, range(0xFE00, 0xFE10)))
_LETTERS = {
    "\u0671\u0672\u0673": "\u0627",  # alef
    "\u0649\u06cc\u06cd\u06d0": "\u064a",  # yeh
    "\u06a9\u06aa": "\u0643",  # kaf
    "\u0629\u06be\u06c1\u06c3\u06d5": "\u0647",  # heh
    "\u0901": "\u0902",  # candrabindu
}
_SCRIPTS_WITH_DIGITS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0BE6, 0x0C66, 0x0E50)


def _table() -> dict[int, str | None]:
    marks = (c for c in range(0x0300, _LAST_MARK) if unicodedata.combining(chr(c)) in _GO)
    table: dict[int, str | None] = dict.fromkeys((*marks, *map(ord, _UNSEEN)))
    for forms, one in _LETTERS.items():
        table |= {ord(form): one for form in forms}
    for zero in _SCRIPTS_WITH_DIGITS:
        table |= {zero + digit: str(digit) for digit in range(10)}
    return table


_TABLE = _table()


def fold(text: str) -> str:
    """Return a text as it's compared; the caller has bounded its length and its marks."""
    if text.isascii():
        return text.lower()
    return normalised("NFKD", text).casefold().translate(_TABLE)


def search_words(value: object) -> list[str]:
    """Return the folded words of a search, the longest first.

    Raises:
        InvalidSearch: nothing is left to look for, or it has more than 100 code points.
    """
    if not isinstance(value, str):
        raise InvalidSearch
    if len(value) > LONGEST_SEARCH:
        raise InvalidSearch(N_("Use at most 100 characters."))
    try:
        words = fold(value).split()
    except TooManyMarks:
        raise InvalidSearch from None
    if not words:
        raise InvalidSearch
    return sorted(set(words), key=lambda word: (-len(word), word))


def spans(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Return where the words are in a text: from which code point up to which, in order.

    Spans that touch or overlap are one.
    """
    each = [fold(character) for character in text]
    folded, origin = "".join(each), [i for i, part in enumerate(each) for _ in part]
    found = sorted(place for word in words for place in _places(folded, word))
    joined: list[tuple[int, int]] = []
    for first, last in found:
        start, end = origin[first], _with_marks(each, origin[last] + 1)
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(end, joined.pop()[1])
        joined.append((start, end))
    return joined


def _places(folded: str, word: str) -> list[tuple[int, int]]:
    """Return the first and the last place of a word, wherever it is."""
    places = []
    start = folded.find(word)
    while start >= 0:
        places.append((start, start + len(word) - 1))
        start = folded.find(word, start + len(word))
    return places


def _with_marks(each: list[str], end: int) -> int:
    """Return the end with the marks that belong to the last letter."""
    while end < len(each) and not each[end]:
        end += 1
    return end
