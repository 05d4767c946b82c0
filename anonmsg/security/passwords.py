"""Password hashes: bcrypt over a peppered pre-hash.

bcrypt reads 72 bytes and rejects more, so the password first goes through HMAC-SHA-384
under the PEPPER. In base64 that is 64 bytes, whatever the password's length (the
pre-hash from the OWASP Password Storage Cheat Sheet). A stored hash starts with its
pepper's id, so that the pepper can be rotated without locking anyone out: a hash made
with a previous pepper is replaced when its owner signs in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

import bcrypt

from anonmsg.security.keys import derive, pepper_id


class Passwords:
    """Hashes and checks passwords under one pepper and one cost."""

    def __init__(self, pepper: str, *, cost: int, previous: Sequence[str] = ()) -> None:
        """Derive the keys, and make a hash that no password matches.

        Args:
            pepper: The secret kept outside the database.
            previous: The peppers before it, whose hashes still match.
            cost: The bcrypt cost, the base-2 logarithm of its rounds.
        """
        self._keys = {pepper_id(each): derive(each, "passwords") for each in (*previous, pepper)}
        self._cost = cost
        self.pepper_id = pepper_id(pepper)
        self._nobody = f"{self.pepper_id}:{_hash_of_nothing(cost)}"

    def hash(self, password: str) -> str:
        """Hash a password; takes about a quarter of a second at cost 12."""
        hashed = bcrypt.hashpw(self._prehash(password, self.pepper_id), bcrypt.gensalt(self._cost))
        return f"{self.pepper_id}:{hashed.decode()}"

    def fits(self, password: str, stored: str | None) -> bool:
        """Return whether the password matches the stored hash.

        Without a stored hash, the answer is no and takes just as long, so that timing
        doesn't reveal who has an account.
        """
        made_by, _, hashed = (stored or self._nobody).partition(":")
        is_known = made_by in self._keys
        prehash = self._prehash(password, made_by if is_known else self.pepper_id)
        return bcrypt.checkpw(prehash, hashed.encode()) and bool(stored) and is_known

    def upgraded_hash(self, stored: str, password: str) -> str:
        """Return the hash to store for a matching password: rehashed if its pepper is old."""
        is_current = stored.partition(":")[0] == self.pepper_id
        return stored if is_current else self.hash(password)

    def knows(self, made_by: str) -> bool:
        """Return whether hashes made with the pepper of this id can be checked."""
        return made_by in self._keys

    def _prehash(self, password: str, made_by: str) -> bytes:
        encoded = password.encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.new(self._keys[made_by], encoded, hashlib.sha384).digest())


def _hash_of_nothing(cost: int) -> str:
    """Return a hash that no password matches, and that takes as long to compare as any other.

    Making a real one would hold up each start of the app for a quarter of a second.
    """
    digest = base64.b64encode(secrets.token_bytes(24), b"./").decode()
    return bcrypt.gensalt(cost).decode() + digest[:31]
