"""A client's network as an opaque key: the nearest this app comes to an address.

Limits need to tell one network from another, and nothing here needs to know
which one it is. The key is an HMAC under a random key that is never written
down and lives a day, so yesterday's keys match nothing, not even for us.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

logger = logging.getLogger(__name__)

KEY_LIFETIME = timedelta(days=1)
KEY_BYTES = 16
FORWARDED_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip")
UNKNOWN = b"unknown"


class Networks:
    """Names the network a request comes from, without telling which it is."""

    def __init__(self, hops: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin a day with a fresh secret.

        Args:
            hops: How many proxies in front of the app may be believed.
            clock: Seconds that only ever grow.
        """
        self._hops = hops
        self._clock = clock
        self._warned = False
        self._begin_a_day()

    def key(self, scope: Scope) -> str:
        """The opaque key of the client's network: 32 hexadecimal digits."""
        if self._clock() - self._day_began >= KEY_LIFETIME.total_seconds():
            self._begin_a_day()
        network = _network(self._address(scope))
        return hmac.new(self._secret, network, hashlib.sha256).digest()[:KEY_BYTES].hex()

    def _begin_a_day(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._day_began = self._clock()

    def _address(self, scope: Scope) -> str:
        client = scope.get("client")
        peer = client[0] if client else ""
        headers = Headers(scope=scope)
        if self._hops == 0:
            if any(name in headers for name in FORWARDED_HEADERS):
                self._warn()
            return peer
        values = ",".join(headers.getlist("x-forwarded-for")).split(",")
        addresses = [value.strip() for value in values if value.strip()]
        return addresses[-self._hops] if len(addresses) >= self._hops else peer

    def _warn(self) -> None:
        """Say once that a proxy seems to be in front: its clients share one limit."""
        if self._warned:
            return
        self._warned = True
        logger.warning(
            "A request carried a forwarded address while TRUSTED_PROXY_HOPS is 0, so it was "
            "ignored. If anonmsg runs behind a proxy, set TRUSTED_PROXY_HOPS to the number of "
            "proxies: until then everybody behind it counts as one network. If it does not, "
            "somebody made the header up, and nothing needs to be done."
        )


def _network(address: str) -> bytes:
    """The bytes of an IPv4 address or an IPv6 /64, or one word for all the rest.

    A household or a phone holds a whole /64, so a single address of it tells
    nobody apart. The family goes first, so that the two never meet.
    """
    try:
        parsed = ip_address(_without_port(address))
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        if mapped is None:
            return b"6" + parsed.packed[:8]
        parsed = mapped
    return b"4" + IPv4Address(parsed).packed


def _without_port(address: str) -> str:
    """Drop the port that some proxies add: 192.0.2.1:4711, [2001:db8::1]:4711."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    if address.count(":") == 1:
        return address.partition(":")[0]
    return address
