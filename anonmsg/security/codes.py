"""Codes and random ids, from the system's secure source."""

from __future__ import annotations

import secrets

# Crockford's base 32: without i, l, o and u, so that nothing is read for another.
UNMISTAKABLE = "0123456789abcdefghjkmnpqrstvwxyz"


def new_code() -> str:
    """Six digits, each sequence as likely as any other."""
    return f"{secrets.randbelow(10**6):06d}"


def new_recovery_code() -> str:
    """40 random bits to write down, such as "k3f9-2m7q"."""
    drawn = "".join(secrets.choice(UNMISTAKABLE) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def new_token() -> str:
    """32 random bytes for a link or a browser's own id, 43 characters."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """16 random bytes for a row, 22 characters: it tells no order and no count."""
    return secrets.token_urlsafe(16)
