"""Input rules: raw text in, clean text or an AppError out.

Values arrive exactly as the browser sent them. They may be a dict, None or five
thousand digits, because neither Reflex nor HTTP validates them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from anonmsg.errors import (
    N_,
    AppError,
    IncorrectCode,
    IncorrectTwoFactorCode,
    InvalidBio,
    InvalidDisplayName,
    InvalidEmail,
    InvalidMessage,
    InvalidPassword,
    InvalidPrompt,
    InvalidUsername,
    UsernameTaken,
)
from anonmsg.reserved_usernames import RESERVED_USERNAMES
from anonmsg.security import guessing

LONGEST_MESSAGE = 1000
LONGEST_DISPLAY_NAME, LONGEST_PROMPT, LONGEST_BIO = 50, 80, 200
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
# Far more than any field accepts; longer input is refused before any work is done on it.
LONGEST_INPUT = 8000

_USERNAME = re.compile(r"[A-Za-z0-9_]{2,20}")
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[0-9a-hjkmnp-tv-z]{8}")
_LOOKALIKES = str.maketrans("oil", "011")
# No database accepts lone surrogates, and PostgreSQL doesn't accept NUL.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Overrides and isolates can make text look like something it isn't.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Invisible, although their Unicode categories suggest otherwise.
_INVISIBLE = frozenset(map(chr, [0x2065, *range(0xFFF0, 0x10000), *range(0xE0000, 0xE1000)]))
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


@dataclass(frozen=True)
class Username:
    """A username as displayed, and the key that makes it unique."""

    shown: str
    key: str


@dataclass(frozen=True)
class Email:
    """An email address to write to, and the key that makes it unique."""

    address: str
    key: str


def text(value: object) -> str:
    """Return the value if it is storable text of a sane length, else an empty string."""
    if not isinstance(value, str) or len(value) > LONGEST_INPUT:
        return ""
    return "" if _UNSTORABLE.search(value) else value


def username(value: object) -> Username:
    """Validate a username that a person chooses.

    Raises:
        InvalidUsername: it is too short, too long, all digits or has other characters.
        UsernameTaken: it is reserved.
    """
    shown = text(value).strip()
    if not _USERNAME.fullmatch(shown):
        raise InvalidUsername
    if shown.isdigit():
        raise InvalidUsername(N_("Use at least one letter or underscore."))
    key = username_key(shown)
    if key in RESERVED_USERNAMES:
        raise UsernameTaken
    return Username(shown, key)


def username_key(value: object) -> str:
    """Return the lookup key of a username, or an empty string if nobody can have it."""
    shown = text(value).strip()
    return shown.lower() if _USERNAME.fullmatch(shown) else ""


def email(value: object) -> Email:
    """Validate an email address; its domain becomes IDNA and its key is case-folded.

    Raises:
        InvalidEmail: it cannot be an email address.
    """
    try:
        found = validate_email(text(value).strip(), check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        raise InvalidEmail from None
    domain = (found.ascii_domain or found.domain).lower()
    local = found.local_part
    return Email(f"{local}@{domain}", f"{local.casefold()}@{domain}")


def password(value: object) -> str:
    """Return the password in the form that is hashed: NFKC-normalised, never truncated."""
    return unicodedata.normalize("NFKC", value) if isinstance(value, str) else ""


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
    chosen = password(value)
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
    typed = unicodedata.normalize("NFKC", _typed_code(value)).lower()
    if not typed or _CODE.fullmatch(typed):
        return typed
    typed = typed.translate(_LOOKALIKES)
    if not _RECOVERY_CODE.fullmatch(typed):
        raise IncorrectTwoFactorCode
    return typed


def _typed_code(value: object) -> str:
    """Return a typed or pasted code: any script's digits as ASCII, no dash, nothing unseen."""
    seen = (c for c in text(value) if _is_visible(c) and unicodedata.category(c) != "Pd")
    return "".join(str(unicodedata.decimal(c, c)) for c in seen if c != "\u2212")


def message(value: object) -> str:
    """Clean up a message: plain text in NFC, without misleading invisible characters.

    Raises:
        InvalidMessage: nothing visible is left, or it has more than 1,000 code points.
    """
    if not isinstance(value, str):
        raise InvalidMessage
    if len(value) > LONGEST_INPUT:
        raise _too_long()
    clean = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    clean = clean.replace("\u2028", "\n").replace("\u2029", "\n")
    clean = _plain(clean).strip()
    if not any(_is_visible(c) for c in clean):
        raise InvalidMessage
    if len(clean) > LONGEST_MESSAGE:
        raise _too_long()
    return clean


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
    clean = _plain(text(value).replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(clean) > LONGEST_BIO or _exceeds_input_limit(value):
        raise InvalidBio
    return clean if any(map(_is_visible, clean)) else ""


def _line(value: object, longest: int, too_long: type[AppError]) -> str:
    """Clean up a single line of plain text."""
    clean = " ".join(_plain(text(value)).split())
    if len(clean) > longest or _exceeds_input_limit(value):
        raise too_long
    return clean if any(map(_is_visible, clean)) else ""


def _exceeds_input_limit(value: object) -> bool:
    return isinstance(value, str) and len(value) > LONGEST_INPUT


def _plain(words: str) -> str:
    """Strip control characters that could mislead, and normalise to NFC."""
    words = _BIDI_CONTROLS.sub("", words)
    seen = (c for c in words if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(seen))


def _too_long() -> InvalidMessage:
    return InvalidMessage(N_("That's too long. Use at most 1,000 characters."))


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    # An emoji newer than this Python is "unassigned", but still visible.
    is_newer = category == "Cn" and character not in _INVISIBLE
    return (is_newer or category[0] not in "CZM") and character not in _BLANK
