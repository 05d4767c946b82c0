"""Password hashes: bcrypt over a peppered pre-hash.

bcrypt reads 72 bytes and refuses more, so the password goes first through
HMAC-SHA-384 under the PEPPER, in base64: 64 bytes whatever its length (the
OWASP Password Storage Cheat Sheet's pre-hash). A stored hash begins with the
id of its pepper, so that the pepper can be changed without locking anyone out:
what an earlier one made is hashed anew when its person signs in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

import bcrypt

from anonmsg.security.keys import derive, pepper_id


class Passwords:
    """Hashes and checks passwords under one pepper and one cost."""

    def __init__(self, pepper: str, *, cost: int, previous: Sequence[str] = ()) -> None:
        """Derive the keys, and make the hash that nobody's password fits.

        Args:
            pepper: The secret kept outside the database.
            previous: The peppers before it, whose hashes still fit.
            cost: bcrypt's cost, the logarithm of its rounds.
        """
        self._keys = {pepper_id(each): derive(each, "passwords") for each in (*previous, pepper)}
        self._cost = cost
        self.pepper_id = pepper_id(pepper)
        self._nobody = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Hash a password; about a quarter of a second at cost 12."""
        hashed = bcrypt.hashpw(self._prehash(password, self.pepper_id), bcrypt.gensalt(self._cost))
        return f"{self.pepper_id}:{hashed.decode()}"

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one.

        Without a stored hash it takes as long and answers no, so that time
        does not tell who has an account.
        """
        made_by, _, hashed = (stored or self._nobody).partition(":")
        is_known = made_by in self._keys
        prehash = self._prehash(password, made_by if is_known else self.pepper_id)
        return bcrypt.checkpw(prehash, hashed.encode()) and bool(stored) and is_known

    def kept_or_anew(self, stored: str, password: str) -> str:
        """The hash to keep of a password that fits: an earlier pepper's gives way to today's."""
        is_of_today = stored.partition(":")[0] == self.pepper_id
        return stored if is_of_today else self.hash(password)

    def knows(self, made_by: str) -> bool:
        """Whether hashes of the pepper with this id can be checked."""
        return made_by in self._keys

    def _prehash(self, password: str, made_by: str) -> bytes:
        encoded = password.encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.new(self._keys[made_by], encoded, hashlib.sha384).digest())
