"""One key for each purpose, all derived from the one PEPPER.

A digest made for one purpose can so never stand for another (HKDF-SHA-256,
RFC 5869).
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(pepper: str, purpose: str) -> bytes:
    """The 32-byte key of a purpose."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"anonmsg {purpose}".encode())
    return kdf.derive(pepper.encode())


class Digests:
    """Keyed digests of what must be recognised and never read."""

    def __init__(self, pepper: str) -> None:
        """Derive the key once."""
        self._key = derive(pepper, "digests")

    def of(self, purpose: str, *parts: str) -> str:
        """HMAC-SHA-256 of the parts for one purpose, 64 hex characters.

        Each part is preceded by its length, so that two lists of parts never
        read the same.
        """
        mac = hmac.new(self._key, purpose.encode(), hashlib.sha256)
        for part in parts:
            encoded = part.encode("utf-8", "surrogatepass")
            mac.update(b"|%d|" % len(encoded) + encoded)
        return mac.hexdigest()

    def same(self, expected: str, purpose: str, *parts: str) -> bool:
        """Whether the digest is that of the parts, in constant time."""
        return hmac.compare_digest(expected, self.of(purpose, *parts))
