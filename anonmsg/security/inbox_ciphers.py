"""Inbox ciphers: what seals and opens the messages of one owner.

Each owner has a random key of their own. So what is stolen of the database opens nothing,
a message moved to another inbox or row doesn't open there, and once an owner's key is
gone, so is all that it sealed, wherever copies of it are.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonmsg.security.seals import NONCE_BYTES, BrokenSeal

KEY_BYTES = 32
# The first byte of what is sealed, so that another way can follow.
VERSION = b"\x01"
_NONCE = slice(1, 1 + NONCE_BYTES)
_CIPHERTEXT = slice(1 + NONCE_BYTES, None)
# A version, a nonce, at least no text, and a 16-byte tag.
_SHORTEST = 1 + NONCE_BYTES + 16


def new_key() -> bytes:
    """Return a random key, 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


class InboxCipher:
    """Seals texts with AES-256-GCM under one owner's key and opens them again.

    A random 96-bit nonce is safe for 2**32 seals under one key (NIST SP 800-38D, section
    8.3): an inbox of a thousand messages a second would take 49 days.
    """

    def __init__(self, key: bytes, *, owner_id: str) -> None:
        """Keep the key of an owner, for one use case.

        Args:
            key: 32 bytes.
            owner_id: Whose; what is sealed is bound to them.
        """
        self._cipher = AESGCM(key)
        self._owner = owner_id

    def close(self, text: str, *, message_id: str, part: str = "text") -> bytes:
        """Seal a text, bound to its owner, its message and its part of it.

        Returns:
            The version, the nonce, the ciphertext and its tag, in this order: 29 bytes
            more than the text's UTF-8.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound_to = self._bound_to(message_id, part)
        return VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), bound_to)

    def open(self, sealed: bytes, *, message_id: str, part: str = "text") -> str:
        """Open a sealed text.

        Raises:
            BrokenSeal: it was altered, truncated, moved, or sealed under another key.
        """
        if not sealed.startswith(VERSION) or len(sealed) < _SHORTEST:
            raise BrokenSeal("It was sealed in a way that this version doesn't know.")
        bound_to = self._bound_to(message_id, part)
        try:
            return self._cipher.decrypt(sealed[_NONCE], sealed[_CIPHERTEXT], bound_to).decode()
        except InvalidTag:
            raise BrokenSeal("It can't be opened with this owner's key.") from None

    def _bound_to(self, message_id: str, part: str) -> bytes:
        # Ids have no space, so that two different lists never read the same.
        return f"v1 {part} {self._owner} {message_id}".encode()
