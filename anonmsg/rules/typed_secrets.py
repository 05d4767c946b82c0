"""Passwords and codes, however they were typed or pasted."""

from __future__ import annotations

import re
import unicodedata

from anonmsg.errors import N_, IncorrectCode, IncorrectTwoFactorCode, InvalidPassword
from anonmsg.rules.input_bounds import SLACK, TooManyMarks, is_too_long, normalised, text
from anonmsg.rules.plain_text import TOO_MANY_MARKS, is_visible
from anonmsg.security import guessing

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
# A code comes with its spaces, dashes and whatever a mail program adds without showing it.
LONGEST_CODE = 200

_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[0-9a-hjkmnp-tv-z]{8}")
_LOOKALIKES = str.maketrans("oil", "011")


def password(value: object) -> str:
    """Return a password in the form that is hashed: NFKC-normalised, never truncated.

    What nobody can have as their password becomes an empty one, which matches nobody's.
    """
    if not isinstance(value, str) or is_too_long(value, LONGEST_PASSWORD):
        return ""
    try:
        return normalised("NFKC", value)
    except TooManyMarks:
        return ""


def new_password(value: object, *, about: tuple[str, ...] = ()) -> str:
    """Validate and normalise a password that a person chooses.

    Args:
        value: The password as typed.
        about: Words about the person that would make a password easy to guess.

    Raises:
        InvalidPassword: it is too short, too long or too easy to guess; the sentence says which.
    """
    if isinstance(value, str) and len(value) > LONGEST_PASSWORD:
        raise InvalidPassword(N_("Use at most 256 characters."))
    try:
        chosen = normalised("NFKC", value) if isinstance(value, str) else ""
    except TooManyMarks:
        raise InvalidPassword(TOO_MANY_MARKS) from None
    if len(chosen) < SHORTEST_PASSWORD:
        raise InvalidPassword
    if len(chosen) > LONGEST_PASSWORD:
        raise InvalidPassword(N_("Use at most 256 characters."))
    if guessing.is_easy(chosen, about=about):
        raise InvalidPassword(N_("That password is easy to guess. Try a few unrelated words."))
    return chosen


def code(value: object) -> str:
    """Validate the format of a verification code, however it was typed or pasted.

    Raises:
        IncorrectCode: it is not exactly six digits.
    """
    digits = _typed_code(value)
    if not _CODE.fullmatch(digits):
        raise IncorrectCode
    return digits


def two_factor_code(value: object) -> str:
    """Validate the format of a two-factor code; empty input stays empty.

    Returns:
        The six digits of an authenticator code, or the eight characters of a recovery
        code. A recovery code copied by hand may have o for 0, and i or l for 1.

    Raises:
        IncorrectTwoFactorCode: it is neither.
    """
    if is_too_long(value, LONGEST_CODE // SLACK):
        raise IncorrectTwoFactorCode
    typed = normalised("NFKC", _typed_code(value)).lower()
    if not typed or _CODE.fullmatch(typed):
        return typed
    typed = typed.translate(_LOOKALIKES)
    if not _RECOVERY_CODE.fullmatch(typed):
        raise IncorrectTwoFactorCode
    return typed


def _typed_code(value: object) -> str:
    """Return a typed or pasted code: any script's digits as ASCII, no dash, nothing unseen."""
    seen = (
        c for c in text(value, LONGEST_CODE) if is_visible(c) and unicodedata.category(c) != "Pd"
    )
    return "".join(str(unicodedata.decimal(c, c)) for c in seen if c != "\u2212")
