"""Files encrypted in the age format, which the `age` tool opens as well.

A passphrase protects a key that's made for one archive (scrypt), and the key encrypts each
of its files in pieces of 64 kB (X25519, ChaCha20-Poly1305). So a file needs no memory, and
the passphrase is stretched once. See https://age-encryption.org/v1.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import BinaryIO

import pyrage
from pyrage import x25519

from anonmsg.security import age_passphrases
from anonmsg.security.age_passphrases import NotOpened

# Whoever has the file may guess for as long as they like.
SHORTEST_PASSPHRASE = 12
LONGEST_PASSPHRASE = 1024
PIECE = 65_536

Watched = Callable[[bytes], object]


class CannotDecrypt(Exception):
    """Raised when a file wasn't encrypted with this key, or isn't whole."""


class AgeKey:
    """The key of one archive."""

    def __init__(self, identity: x25519.Identity) -> None:
        """Keep the identity."""
        self._identity = identity

    @classmethod
    def new(cls) -> AgeKey:
        """Make a random key."""
        return cls(x25519.Identity.generate())

    @classmethod
    def opened(cls, sealed: bytes, passphrase: str) -> AgeKey:
        """Open a key that a passphrase protects.

        Raises:
            CannotDecrypt: the passphrase is another.
        """
        try:
            found = age_passphrases.open_(sealed, normalised(passphrase)).decode().strip()
            return cls(x25519.Identity.from_str(found))
        except (NotOpened, pyrage.IdentityError, UnicodeDecodeError):
            raise CannotDecrypt from None

    def sealed(self, passphrase: str) -> bytes:
        """Return the key protected by a passphrase, which takes about half a second."""
        return age_passphrases.close(f"{self._identity}\n".encode(), normalised(passphrase))

    def encrypt(self, source: BinaryIO, to: BinaryIO) -> None:
        """Encrypt a file.

        Raises:
            OSError: one of the files can't be read or written.
        """
        reader, writer = _Reader(source), _Writer(to)
        try:
            pyrage.encrypt_io(reader, writer, [self._identity.to_public()])
        except (pyrage.EncryptError, OSError) as error:
            raise (reader.failure or writer.failure or OSError(str(error))) from None

    def decrypt(self, source: BinaryIO, to: BinaryIO) -> None:
        """Decrypt a file.

        Raises:
            CannotDecrypt: it was encrypted with another key, or was changed.
            OSError: one of the files can't be read or written.
        """
        reader, writer = _Reader(source), _Writer(to)
        try:
            pyrage.decrypt_io(reader, writer, [self._identity])
        except (pyrage.DecryptError, OSError):
            # A piece that was changed is an OSError of pyrage's own.
            raise (reader.failure or writer.failure or CannotDecrypt()) from None


def normalised(passphrase: str) -> str:
    """Return a passphrase as the same letters on any keyboard (NFC)."""
    return unicodedata.normalize("NFC", passphrase)


class _Reader:
    """Reads for pyrage, which tells of a failure by its text alone."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._source.read(size)
        except Exception as error:
            self.failure = error
            raise


class _Writer:
    """Writes for pyrage, which tells of a failure by its text alone."""

    def __init__(self, to: BinaryIO) -> None:
        self._to = to
        self.failure: Exception | None = None

    def write(self, piece: bytes) -> int:
        try:
            return self._to.write(piece)
        except Exception as error:
            self.failure = error
            raise

    def flush(self) -> None:
        self._to.flush()
