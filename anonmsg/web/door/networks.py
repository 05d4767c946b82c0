"""A client's network as an opaque key, the closest this app comes to an IP address.

Rate limits need to tell networks apart, but nothing needs to know which network
it is. The key is an HMAC under a secret that lives for a day, so even we can't match
yesterday's keys (`runtime/shared/day_secrets.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.types import Scope

from anonmsg.runtime.shared.day_secrets import DaySecret

logger = logging.getLogger(__name__)

KEY_BYTES = 16
FORWARDED_FOR = b"x-forwarded-for"
FORWARDED_HEADERS = frozenset({FORWARDED_FOR, b"forwarded", b"x-real-ip"})
UNKNOWN = b"unknown"


class Networks:
    """Computes an opaque key for the network that a request comes from."""

    def __init__(
        self,
        hops: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        secret: DaySecret | None = None,
    ) -> None:
        """Start with the day's secret.

        Args:
            hops: How many proxies in front of the app can be trusted.
            clock: A monotonic clock in seconds.
            secret: The secret of several processes; by default one of this process.
        """
        self._hops = hops
        self._secret = secret or DaySecret(clock)
        self._warned = False

    def key(self, scope: Scope) -> str:
        """Return the opaque key of the client's network: 32 hexadecimal digits."""
        network = _network(self._address(scope))
        return hmac.digest(self._secret.value(), network, hashlib.sha256)[:KEY_BYTES].hex()

    def _address(self, scope: Scope) -> str:
        client = scope.get("client")
        peer = client[0] if client else ""
        if self._hops == 0:
            if any(name in FORWARDED_HEADERS for name, _ in scope["headers"]):
                self._warn()
            return peer
        values = b",".join(value for name, value in scope["headers"] if name == FORWARDED_FOR)
        addresses = [each.strip() for each in values.decode("latin-1").split(",") if each.strip()]
        return addresses[-self._hops] if len(addresses) >= self._hops else peer

    def _warn(self) -> None:
        """Warn once that there seems to be a proxy, whose clients share one limit."""
        if self._warned:
            return
        self._warned = True
        logger.warning(
            "Ignored a forwarded address in a request while TRUSTED_PROXY_HOPS is 0. If anonmsg "
            "runs behind a proxy, set TRUSTED_PROXY_HOPS to the number of proxies: until then, "
            "everyone behind them counts as one network. If it doesn't, someone made up the "
            "header, and there's nothing to do."
        )


def _network(address: str) -> bytes:
    """Return the bytes of an IPv4 address or IPv6 /64, or one constant for anything else.

    A household or a phone has a whole /64, so its single addresses mean nothing.
    The address family comes first, so that the two can't collide.
    """
    try:
        # Nearly every address is a plain IPv4 one, and this reads it ten times faster.
        return b"4" + socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError):
        pass
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
    """Remove the port that some proxies add: 192.0.2.1:4711, [2001:db8::1]:4711."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    if address.count(":") == 1:
        return address.partition(":")[0]
    return address
