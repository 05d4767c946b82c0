"""Checks REDIS_URL: who can write to Redis can keep people out and read who is told what."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

SCHEMES = {"redis", "rediss", "unix"}


def expect_private(url: str) -> None:
    """Check an address of Redis.

    Raises:
        ValueError: it's no such address, or strangers could use it.
    """
    try:
        parts = urlsplit(url)
        host, password, _port = parts.hostname or "", parts.password, parts.port
    except ValueError:
        host, password, parts = "", None, urlsplit("")
    is_whole = bool(parts.path if parts.scheme == "unix" else host)
    if parts.scheme not in SCHEMES or not is_whole:
        raise ValueError(
            "must be an address such as redis://:password@host:6379/0 or unix:///run/redis.sock"
        )
    if parts.scheme != "unix" and not password and not _is_this_machine(host):
        raise ValueError("needs a password or a unix: address, unless Redis is on this machine")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
