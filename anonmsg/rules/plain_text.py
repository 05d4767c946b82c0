"""What people write for others to read: messages, and what owners say about themselves."""

from __future__ import annotations

import re
import unicodedata

from anonmsg.errors import (
    N_,
    AppError,
    InvalidBio,
    InvalidDisplayName,
    InvalidMessage,
    InvalidNote,
    InvalidPrompt,
)
from anonmsg.rules.input_bounds import TooManyMarks, is_too_long, normalised, text

LONGEST_MESSAGE, LONGEST_NOTE = 1000, 500
LONGEST_DISPLAY_NAME, LONGEST_PROMPT, LONGEST_BIO = 50, 80, 200
TOO_MANY_MARKS = N_("There are too many accents on one letter. Remove some.")

# Overrides and isolates can make text look like something it isn't.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Invisible, although their Unicode categories suggest otherwise.
_INVISIBLE = frozenset(map(chr, [0x2065, *range(0xFFF0, 0x10000), *range(0xE0000, 0xE1000)]))
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def message(value: object) -> str:
    """Clean up a message: plain text in NFC, without misleading invisible characters.

    Raises:
        InvalidMessage: nothing visible is left, or it has more than 1,000 code points.
    """
    if not isinstance(value, str):
        raise InvalidMessage
    if is_too_long(value, LONGEST_MESSAGE):
        raise _too_long()
    clean = _lines(value, InvalidMessage)
    if not any(is_visible(c) for c in clean):
        raise InvalidMessage
    if len(clean) > LONGEST_MESSAGE:
        raise _too_long()
    return clean


def note(value: object) -> str:
    """Clean up what an owner notes beside a message, as a message is; it may be empty.

    Raises:
        InvalidNote: it has more than 500 code points.
    """
    if is_too_long(value, LONGEST_NOTE):
        raise InvalidNote
    clean = _lines(value, InvalidNote) if isinstance(value, str) else ""
    if len(clean) > LONGEST_NOTE:
        raise InvalidNote
    return clean if any(map(is_visible, clean)) else ""


def display_name(value: object) -> str:
    """Clean up the name shown beside the username; it may be empty.

    Raises:
        InvalidDisplayName: it has more than 50 code points.
    """
    return _line(value, LONGEST_DISPLAY_NAME, InvalidDisplayName)


def prompt(value: object) -> str:
    """Clean up what an owner asks on their page, in one line; it may be empty.

    Raises:
        InvalidPrompt: it has more than 80 code points.
    """
    return _line(value, LONGEST_PROMPT, InvalidPrompt)


def bio(value: object) -> str:
    """Clean up an owner's short bio; it may be empty.

    Raises:
        InvalidBio: it has more than 200 code points.
    """
    words = _about(value, LONGEST_BIO, InvalidBio)
    clean = _plain(words.replace("\r\n", "\n").replace("\r", "\n"), InvalidBio).strip()
    if len(clean) > LONGEST_BIO:
        raise InvalidBio
    return clean if any(map(is_visible, clean)) else ""


def _line(value: object, longest: int, refusal: type[AppError]) -> str:
    """Clean up a single line of plain text."""
    clean = " ".join(_plain(_about(value, longest, refusal), refusal).split())
    if len(clean) > longest:
        raise refusal
    return clean if any(map(is_visible, clean)) else ""


def _lines(words: str, refusal: type[AppError]) -> str:
    """Clean up several lines of plain text, whatever ends a line in them."""
    clean = words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    clean = clean.replace("\u2028", "\n").replace("\u2029", "\n")
    return _plain(clean, refusal).strip()


def _about(value: object, longest: int, refusal: type[AppError]) -> str:
    """Return what an owner typed about themselves, unless it's far too long."""
    if is_too_long(value, longest):
        raise refusal
    return text(value)


def _plain(words: str, refusal: type[AppError]) -> str:
    """Strip control characters that could mislead, and normalise to NFC."""
    words = _BIDI_CONTROLS.sub("", words)
    seen = (c for c in words if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    try:
        return normalised("NFC", "".join(seen))
    except TooManyMarks:
        raise refusal(TOO_MANY_MARKS) from None


def _too_long() -> InvalidMessage:
    return InvalidMessage(N_("That's too long. Use at most 1,000 characters."))


def is_visible(character: str) -> bool:
    """Return whether a character shows, as far as this Python's Unicode knows."""
    category = unicodedata.category(character)
    # An emoji newer than this Python is "unassigned", but still visible.
    is_newer = category == "Cn" and character not in _INVISIBLE
    return (is_newer or category[0] not in "CZM") and character not in _BLANK
