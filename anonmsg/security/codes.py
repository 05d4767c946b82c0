"""Random codes and ids, from the operating system's secure source."""

from __future__ import annotations

import secrets

# Crockford's base 32 leaves out i, l, o and u, so that no character passes for another.
UNMISTAKABLE = "0123456789abcdefghjkmnpqrstvwxyz"


def new_code() -> str:
    """Return six random digits, every sequence equally likely."""
    return f"{secrets.randbelow(10**6):06d}"


def new_recovery_code() -> str:
    """Return 40 random bits as a code to write down, such as "k3f9-2m7q"."""
    drawn = "".join(secrets.choice(UNMISTAKABLE) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def new_token() -> str:
    """Return 32 random bytes as 43 characters, for a link or a browser's id."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """Return 16 random bytes as 22 characters, a row id that reveals no order or count."""
    return secrets.token_urlsafe(16)
