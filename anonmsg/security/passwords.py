"""Password hashes: bcrypt over a peppered pre-hash.

bcrypt reads 72 bytes and refuses more, so the password goes first through
HMAC-SHA-384 under the PEPPER, in base64: 64 bytes whatever its length (the
OWASP Password Storage Cheat Sheet's pre-hash). A stored hash begins with the
id of its pepper, so that a pepper can be changed without locking anyone out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import bcrypt

from anonmsg.security.keys import derive


class Passwords:
    """Hashes and checks passwords under one pepper and one cost."""

    def __init__(self, pepper: str, *, cost: int) -> None:
        """Derive the key, and make the hash that nobody's password fits.

        Args:
            pepper: The secret kept outside the database.
            cost: bcrypt's cost, the logarithm of its rounds.
        """
        self._key = derive(pepper, "passwords")
        self._cost = cost
        self.pepper_id = hashlib.sha256(derive(pepper, "pepper id")).hexdigest()[:8]
        self._nobody = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Hash a password; about a quarter of a second at cost 12."""
        hashed = bcrypt.hashpw(self._prehash(password), bcrypt.gensalt(self._cost))
        return f"{self.pepper_id}:{hashed.decode()}"

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one.

        Without a stored hash it takes as long and answers no, so that time
        does not tell who has an account.
        """
        pepper_id, _, hashed = (stored or self._nobody).partition(":")
        fits = bcrypt.checkpw(self._prehash(password), hashed.encode())
        return fits and bool(stored) and pepper_id == self.pepper_id

    def _prehash(self, password: str) -> bytes:
        encoded = password.encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.new(self._key, encoded, hashlib.sha384).digest())
