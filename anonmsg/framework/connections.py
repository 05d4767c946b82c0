"""Who is at the other end of each open socket, for as long as it is open.

Reflex keeps a socket's headers in its state and sends them back to the page,
so they may hold nothing that is worth stealing: the cookie it sees names a
visit, and what the visit stands for lies here, in memory only. A browser
cannot present a visit of its own, because the doorway replaces its cookies.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

VISIT_COOKIE = "visit"


@dataclass(frozen=True)
class Visit:
    """One open socket: its network's opaque key, and its sign-in ("" for a stranger)."""

    network: str
    sign_in_id: str


class Visits:
    """The sockets that are open at the moment."""

    def __init__(self) -> None:
        """Begin with an empty house, and nobody to tell who leaves it."""
        self.on_close: Callable[[str], None] = lambda _visit_id: None
        self._visits: dict[str, Visit] = {}
        self._per_network: Counter[str] = Counter()

    def open(self, network: str, sign_in_id: str) -> str:
        """Note a new socket and return the random id of its visit."""
        visit_id = secrets.token_urlsafe(24)
        self._visits[visit_id] = Visit(network, sign_in_id)
        self._per_network[network] += 1
        return visit_id

    def close(self, visit_id: str) -> None:
        """Forget a visit; one that is not there any more is no mistake."""
        visit = self._visits.pop(visit_id, None)
        if visit is None:
            return
        self._per_network[visit.network] -= 1
        if not self._per_network[visit.network]:
            del self._per_network[visit.network]
        self.on_close(visit_id)

    def get(self, visit_id: str) -> Visit | None:
        """The visit of that id, while its socket is open."""
        return self._visits.get(visit_id)

    def count(self, network: str) -> int:
        """How many sockets a network has open."""
        return self._per_network[network]


visits = Visits()


def visit_id_in(cookie_header: str) -> str:
    """Read the visit's id from a Cookie header; "" where there is none."""
    for pair in cookie_header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == VISIT_COOKIE:
            return value
    return ""
