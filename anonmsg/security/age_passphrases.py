"""A short text under a passphrase, in the age format (https://age-encryption.org/v1).

pyrage reads and writes these as well, but lets the machine's speed at that moment decide
how hard guessing is, and then refuses what a faster moment has made: under load, the right
passphrase would be told wrong. Here the work is fixed. The format is age's, so that its own
tools open the text; nothing else of it is written here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

# scrypt with r = 8 and p = 1: 128 MB and about half a second, as OWASP asks for.
LOG_N = 17
# What a forged file may make us do at most.
MOST_LOG_N = 20
LONGEST_TEXT = 65_536
_HEADER = re.compile(
    rb"(age-encryption\.org/v1\n-> scrypt ([\w+/]{22}) (\d{1,2})\n([\w+/]{43})\n---) "
    rb"([\w+/]{43})\n(.{16})(.+)",
    re.DOTALL,
)
_LAST_CHUNK = bytes(11) + b"\x01"


class NotOpened(Exception):
    """Raised when the passphrase is another, or the text was changed."""


def close(text: bytes, passphrase: str, *, log_n: int = LOG_N) -> bytes:
    """Return a text of up to 64 kB, encrypted."""
    file_key, salt, nonce = (secrets.token_bytes(16) for _ in range(3))
    wrapped = _wrapper(passphrase, salt, log_n).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt %b %d\n%b\n---" % (
        _encoded(salt),
        log_n,
        _encoded(wrapped),
    )
    sealed = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    body = sealed.encrypt(_LAST_CHUNK, text, None)
    return b"%b %b\n%b%b" % (header, _encoded(_mac(file_key, header)), nonce, body)


def open_(sealed: bytes, passphrase: str) -> bytes:
    """Return the text.

    Raises:
        NotOpened: it isn't one of this passphrase.
    """
    found = _HEADER.fullmatch(sealed)
    if found is None or int(found[3]) > MOST_LOG_N or len(found[7]) > LONGEST_TEXT + 16:
        raise NotOpened
    header, salt, log_n, wrapped, mac, nonce, body = found.groups()
    try:
        wrapper = _wrapper(passphrase, _decoded(salt), int(log_n))
        file_key = wrapper.decrypt(bytes(12), _decoded(wrapped), None)
        if not hmac.compare_digest(_mac(file_key, header), _decoded(mac)):
            raise NotOpened
        opened = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        return opened.decrypt(_LAST_CHUNK, body, None)
    except (InvalidTag, ValueError):
        raise NotOpened from None


def _wrapper(passphrase: str, salt: bytes, log_n: int) -> ChaCha20Poly1305:
    kdf = Scrypt(b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**log_n, r=8, p=1)
    return ChaCha20Poly1305(kdf.derive(passphrase.encode()))


def _derived(file_key: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(file_key)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.new(_derived(file_key, None, b"header"), header, hashlib.sha256).digest()


def _encoded(value: bytes) -> bytes:
    return base64.b64encode(value).rstrip(b"=")


def _decoded(value: bytes) -> bytes:
    """Decode what `_encoded` made.

    Raises:
        ValueError: it isn't Base64, or not written as `_encoded` writes it.
    """
    decoded = base64.b64decode(value + b"=" * (-len(value) % 4), validate=True)
    if _encoded(decoded) != value:
        raise ValueError(value)
    return decoded
