"""Usernames and email addresses: as displayed, and the keys that make them unique."""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from anonmsg.errors import N_, InvalidEmail, InvalidUsername, UsernameTaken
from anonmsg.reserved_usernames import RESERVED_USERNAMES
from anonmsg.rules.input_bounds import SLACK, TooManyMarks, refuse_long_runs, text

LONGEST_USERNAME, LONGEST_EMAIL = 20, 254

_USERNAME = re.compile(r"[A-Za-z0-9_]{2,20}")


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


def username(value: object) -> Username:
    """Validate a username that a person chooses.

    Raises:
        InvalidUsername: it is too short, too long, all digits or has other characters.
        UsernameTaken: it is reserved.
    """
    shown = text(value, SLACK * LONGEST_USERNAME).strip()
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
    shown = text(value, SLACK * LONGEST_USERNAME).strip()
    return shown.lower() if _USERNAME.fullmatch(shown) else ""


def email(value: object) -> Email:
    """Validate an email address; its domain becomes IDNA and its key is case-folded.

    Raises:
        InvalidEmail: it cannot be an email address.
    """
    typed = text(value, SLACK * LONGEST_EMAIL).strip()
    try:
        # The library normalises too.
        refuse_long_runs(typed)
        found = validate_email(typed, check_deliverability=False)
    except (TooManyMarks, EmailNotValidError, UnicodeError):
        raise InvalidEmail from None
    domain = (found.ascii_domain or found.domain).lower()
    local = found.local_part
    return Email(f"{local}@{domain}", f"{local.casefold()}@{domain}")
