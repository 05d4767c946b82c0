"""SMTP_URL: the mail server, its credentials and the encryption."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

Encryption = Literal["tls", "starttls", "none"]

# "smtp" also means STARTTLS, except for a server on this machine.
SCHEMES: dict[str, Encryption] = {
    "smtps": "tls",
    "smtp": "starttls",
    "smtp+starttls": "starttls",
    "smtp+plain": "none",
}
PORTS: dict[str, int] = {"smtps": 465, "smtp": 587, "smtp+starttls": 587, "smtp+plain": 25}

WRONG = (
    "must be an address such as smtps://user:password@mail.example.com:465 or "
    "smtp://user:password@mail.example.com:587; percent-encode characters such as "
    "@ : / # ? and % in the user and password"
)
HALF_A_SIGN_IN = "must have both a user and a password, or neither"
NOT_ASCII = "must have a user and password in printable ASCII characters"
PASSWORD_IN_THE_OPEN = "would send the password unencrypted; use smtps:// or smtp://, which encrypt"  # noqa: S105


@dataclass(frozen=True)
class SmtpUrl:
    """A mail server; its repr omits the password, so that no log ever contains it."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_near(self) -> bool:
        """Whether the server is on this machine, so that nobody can listen in."""
        return _is_near(self.host)


def parsed(url: str) -> SmtpUrl:
    """Parse an SMTP_URL.

    Raises:
        ValueError: it's malformed or unsafe; the message repeats none of it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        user, password = _decoded(parts.username), _decoded(parts.password)
    # The library's own message would repeat part of the password.
    except ValueError:
        raise ValueError(WRONG) from None
    host = parts.hostname or ""
    if parts.scheme not in SCHEMES or port == 0 or not _is_host(host) or _has_more(parts):
        raise ValueError(WRONG)
    if bool(user) != bool(password):
        raise ValueError(HALF_A_SIGN_IN)
    if not (user + password).isascii() or not (user + password).isprintable():
        raise ValueError(NOT_ASCII)
    encryption = SCHEMES[parts.scheme]
    if parts.scheme == "smtp" and _is_near(host):
        encryption = "none"
    if password and encryption == "none" and not _is_near(host):
        raise ValueError(PASSWORD_IN_THE_OPEN)
    return SmtpUrl(host, port or PORTS[parts.scheme], encryption, user, password)


def _decoded(words: str | None) -> str:
    return unquote(words or "", errors="strict")


def _has_more(parts: SplitResult) -> bool:
    """Whether there's more than a server, usually because of an unencoded password."""
    return bool(parts.path.strip("/") or parts.query or parts.fragment)


def _is_host(host: str) -> bool:
    return bool(host) and host.isascii() and host.isprintable() and not set(host) & set(' %<>"\\')


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
