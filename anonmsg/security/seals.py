"""Seals: encryption for what waits in the database but must not be readable there.

The key is derived from a secret kept outside the database, so a stolen copy of the
database reveals no address, no code and no link.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonmsg.security import keys

NONCE_BYTES = 12
PURPOSE = "outbox"


class BrokenSeal(Exception):
    """Raised when sealed bytes were altered, or sealed under another key."""


class Seal:
    """Seals bytes with AES-256-GCM and opens them again.

    A random 96-bit nonce is safe for 2**32 seals under one key (NIST SP 800-38D,
    section 8.3), far more email than one site sends.
    """

    def __init__(
        self, secret: str, *, previous: Sequence[str] = (), purpose: str = PURPOSE
    ) -> None:
        """Derive the keys for this purpose alone.

        Args:
            secret: The current secret, which seals and opens.
            previous: Earlier secrets, which only open.
            purpose: What is sealed.
        """
        self._ciphers = [AESGCM(keys.derive(each, purpose)) for each in (secret, *previous)]

    def close(self, plain: bytes, *, bound_to: str) -> bytes:
        """Seal bytes, bound to what they belong to.

        Args:
            plain: The bytes to hide.
            bound_to: What they belong to, such as their row's id: a seal moved to
                another row doesn't open there.

        Returns:
            The nonce, the ciphertext and its tag, in this order.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, plain, bound_to.encode())

    def open(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Open sealed bytes.

        Raises:
            BrokenSeal: they were altered, truncated, moved, or sealed under another secret.
        """
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        for cipher in self._ciphers:
            with contextlib.suppress(InvalidTag, ValueError):
                return cipher.decrypt(nonce, ciphertext, bound_to.encode())
        raise BrokenSeal("What is sealed cannot be opened with this PEPPER.")
