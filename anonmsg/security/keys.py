"""Key derivation: one key per purpose, all derived from the one PEPPER.

A digest made for one purpose can therefore never stand in for another (HKDF-SHA-256,
RFC 5869). Previous peppers make nothing new; they only recognise what they made.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(pepper: str, purpose: str) -> bytes:
    """Derive the 32-byte key for a purpose."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"anonmsg {purpose}".encode())
    return kdf.derive(pepper.encode())


def pepper_id(pepper: str) -> str:
    """Return the 8 hex characters that identify a pepper, stored beside what it made."""
    return hashlib.sha256(derive(pepper, "pepper id")).hexdigest()[:8]


class Digests:
    """Keyed digests of values that must be recognised but never read."""

    def __init__(self, pepper: str, *, previous: Sequence[str] = ()) -> None:
        """Derive the keys once.

        Args:
            pepper: The current pepper.
            previous: The peppers before it, newest first.
        """
        self.pepper_id = pepper_id(pepper)
        self._keys = [derive(each, "digests") for each in (pepper, *previous)]

    def of(self, purpose: str, *parts: str) -> str:
        """Return the HMAC-SHA-256 of the parts for one purpose, 64 hex characters.

        Each part is prefixed with its length, so that two different lists of parts
        never read the same.
        """
        return self._by(self._keys[0], purpose, parts)

    def each_of(self, purpose: str, *parts: str) -> list[str]:
        """Return every digest the parts may be stored under: the current one, then older ones."""
        return [self._by(key, purpose, parts) for key in self._keys]

    def same(self, expected: str, purpose: str, *parts: str) -> bool:
        """Return whether the digest is that of the parts, compared in constant time."""
        each = self.each_of(purpose, *parts)
        return any(hmac.compare_digest(expected, digest) for digest in each)

    @staticmethod
    def _by(key: bytes, purpose: str, parts: Sequence[str]) -> str:
        mac = hmac.new(key, purpose.encode(), hashlib.sha256)
        for part in parts:
            encoded = part.encode("utf-8", "surrogatepass")
            mac.update(b"|%d|" % len(encoded) + encoded)
        return mac.hexdigest()
