"""Who is at the other end of each open socket, for as long as it is open.

Reflex keeps a socket's headers in its state and sends them back to the page,
so they may hold nothing that is worth stealing: the cookie it sees names a
connection, and what the connection stands for lies here, in memory only. A browser
cannot present a connection of its own, because the doorway replaces its cookies.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

CONNECTION_COOKIE = "connection"


@dataclass(frozen=True)
class Connection:
    """One open socket: its network's opaque key, and its sign-in ("" for a stranger)."""

    network: str
    session_id: str


class Connections:
    """The sockets that are open at the moment."""

    def __init__(self) -> None:
        """Begin with an empty house, and nobody to tell who leaves it."""
        self.on_close: Callable[[str], None] = lambda _connection_id: None
        self._connections: dict[str, Connection] = {}
        self._per_network: Counter[str] = Counter()

    def open(self, network: str, session_id: str) -> str:
        """Note a new socket and return the random id of its connection."""
        connection_id = secrets.token_urlsafe(24)
        self._connections[connection_id] = Connection(network, session_id)
        self._per_network[network] += 1
        return connection_id

    def close(self, connection_id: str) -> None:
        """Forget a connection; one that is not there any more is no mistake."""
        connection = self._connections.pop(connection_id, None)
        if connection is None:
            return
        self._per_network[connection.network] -= 1
        if not self._per_network[connection.network]:
            del self._per_network[connection.network]
        self.on_close(connection_id)

    def get(self, connection_id: str) -> Connection | None:
        """The connection of that id, while its socket is open."""
        return self._connections.get(connection_id)

    def count(self, network: str) -> int:
        """How many sockets a network has open."""
        return self._per_network[network]


connections = Connections()


def connection_id_in(cookie_header: str) -> str:
    """Read the connection's id from a Cookie header; "" where there is none."""
    for pair in cookie_header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == CONNECTION_COOKIE:
            return value
    return ""
