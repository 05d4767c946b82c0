"""Tracks who is at the other end of each open socket.

Reflex keeps a socket's headers in its state and sends them back to the page, so
they must not contain anything worth stealing. The cookie that Reflex sees is
only a connection id; what it stands for is kept here, in memory. A browser can't
present a connection id itself, because the doorway replaces its cookies.

An event may run after its socket has closed: a message counts even if its sender
leaves right after **Send**. It then still belongs to the network that it came from,
or else a closing tab would be a way around every limit. So a closed connection's
network is kept for a few minutes, and only few of its events may still run.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

CONNECTION_COOKIE = "connection"
# How long the events of a closed socket may wait for their turn.
ENDED_SECONDS = 300.0
MOST_ENDED = 20_000
# Nobody presses **Send** more often than this and then leaves.
EVENTS_AFTER_CLOSE = 3


@dataclass(frozen=True)
class Connection:
    """An open socket: its network's opaque key, and its session id ("" if signed out)."""

    network: str
    session_id: str


@dataclass
class _Ended:
    """A closed socket: its network, when it closed, and how many events may still run."""

    network: str
    at: float
    events_left: int = EVENTS_AFTER_CLOSE


class Connections:
    """The sockets that are currently open, and the networks of those that just closed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with no connections and a close callback that does nothing.

        Args:
            clock: A monotonic clock in seconds.
        """
        self._clock = clock
        self._ended: OrderedDict[str, _Ended] = OrderedDict()
        self.on_close: Callable[[str], None] = lambda _connection_id: None
        self._connections: dict[str, Connection] = {}
        self._per_network: Counter[str] = Counter()
        self._ends: dict[str, Callable[[], Awaitable[None]]] = {}
        self._of_tabs: dict[str, str] = {}
        self._tokens: dict[str, set[str]] = {}

    def open(self, network: str, session_id: str) -> str:
        """Register a new socket and return its random connection id."""
        connection_id = secrets.token_urlsafe(24)
        self._connections[connection_id] = Connection(network, session_id)
        self._per_network[network] += 1
        return connection_id

    def close(self, connection_id: str) -> None:
        """Forget a connection; an unknown id is ignored."""
        self._ends.pop(connection_id, None)
        for token in self._tokens.pop(connection_id, ()):
            if self._of_tabs.get(token) == connection_id:
                del self._of_tabs[token]
        connection = self._connections.pop(connection_id, None)
        if connection is None:
            return
        self._per_network[connection.network] -= 1
        if not self._per_network[connection.network]:
            del self._per_network[connection.network]
        self._ended[connection_id] = _Ended(connection.network, self._clock())
        self._forget_ended()
        self.on_close(connection_id)

    def get(self, connection_id: str) -> Connection | None:
        """Return the connection with this id, or None once its socket has closed."""
        return self._connections.get(connection_id)

    def network_of(self, connection_id: str) -> str:
        """Return the network of an open or just closed connection, or "" if it's unknown."""
        found = self._connections.get(connection_id) or self._ended.get(connection_id)
        return found.network if found else ""

    def may_run_after_close(self, connection_id: str) -> bool:
        """Count an event of a closed connection; return whether it may still run."""
        self._forget_ended()
        ended = self._ended.get(connection_id)
        if ended is None or not ended.events_left:
            return False
        ended.events_left -= 1
        return True

    def _forget_ended(self) -> None:
        horizon = self._clock() - ENDED_SECONDS
        while self._ended:
            oldest = next(iter(self._ended.values()))
            if oldest.at > horizon and len(self._ended) <= MOST_ENDED:
                return
            self._ended.popitem(last=False)

    def note_tab(self, token: str, connection_id: str) -> None:
        """Remember which connection a tab's events come by."""
        self._of_tabs[token] = connection_id
        self._tokens.setdefault(connection_id, set()).add(token)

    def of_tab(self, token: str) -> str:
        """Return the id of a tab's connection, or "" if it has none."""
        return self._of_tabs.get(token, "")

    def ends_by(self, connection_id: str, end: Callable[[], Awaitable[None]]) -> None:
        """Remember how to end a connection's socket."""
        self._ends[connection_id] = end

    async def end(self, connection_id: str) -> None:
        """End a connection's socket; the page's client soon opens another."""
        if (end := self._ends.get(connection_id)) is not None:
            await end()

    def __len__(self) -> int:
        """Return how many sockets are open."""
        return len(self._connections)

    def count(self, network: str) -> int:
        """Return how many sockets a network has open."""
        return self._per_network[network]


connections = Connections()


def connection_id_in(cookie_header: str) -> str:
    """Return the connection id from a Cookie header, or "" if there is none."""
    for pair in cookie_header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == CONNECTION_COOKIE:
            return value
    return ""
