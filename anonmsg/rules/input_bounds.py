"""Bounds on raw input, checked before any work is done on it.

Normalising reorders runs of combining marks, and takes time quadratic in the length
of a run: one "a" with 32,000 marks held the interpreter, and so everybody, for
seconds. So a text is bounded in length first, and a run longer than any language
needs is refused, at the length that UAX #15 ("Stream-Safe Text Format") sets.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import Literal

# A text may arrive this many times as long as its rule allows, because cleaning it up
# can shorten it.
SLACK = 4
# The bound for ids, tokens and pasted links, which aren't normalised.
LONGEST_INPUT = 4000
LONGEST_RUN_OF_MARKS = 30

# No database accepts lone surrogates, and PostgreSQL doesn't accept NUL.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class TooManyMarks(Exception):
    """Raised for a text with more combining marks in a row than any language needs."""


def text(value: object, longest: int = LONGEST_INPUT) -> str:
    """Return the value if it is storable text of a sane length, else an empty string."""
    if not isinstance(value, str) or len(value) > longest:
        return ""
    return "" if _UNSTORABLE.search(value) else value


def is_too_long(value: object, limit: int) -> bool:
    """Return whether a text is too long to be worth cleaning up.

    Args:
        value: What was sent.
        limit: How many code points the clean text may have.
    """
    return isinstance(value, str) and len(value) > SLACK * limit


def normalised(form: Literal["NFC", "NFKC", "NFKD"], words: str) -> str:
    """Normalise a text whose length has been bounded.

    Raises:
        TooManyMarks: it has a run of more than 30 combining marks.
    """
    if not words.isascii():
        refuse_long_runs(words)
    return unicodedata.normalize(form, words)


def refuse_long_runs(words: str) -> None:
    """Check that a text has no run of combining marks that is slow to normalise.

    A run that is too long covers one of every 31 places, so only those are looked at,
    and around each the run that it's in.

    Raises:
        TooManyMarks: it has a run of more than 30.
    """
    too_long = LONGEST_RUN_OF_MARKS + 1
    for place in range(LONGEST_RUN_OF_MARKS, len(words), too_long):
        before = takewhile(_is_mark, reversed(words[place - LONGEST_RUN_OF_MARKS : place + 1]))
        after = takewhile(_is_mark, words[place + 1 : place + too_long])
        if (run := len(list(before))) and run + len(list(after)) >= too_long:
            raise TooManyMarks


def _is_mark(character: str) -> bool:
    """Return whether normalising may move a character past its neighbours."""
    if unicodedata.combining(character):
        return True
    # A few characters decompose into marks alone, such as U+0F73.
    parts = unicodedata.decomposition(character).split()
    return bool(parts) and all(
        unicodedata.combining(chr(int(part, 16))) for part in parts if not part.startswith("<")
    )
