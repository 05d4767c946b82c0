"""Topics: which open tabs want to hear about which changes.

A use case announces a topic in its context. Once it is done, each tab that watches the
topic is told to refresh. What the tab may see is decided then, by the same handler and
the same guard as if the person had asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


def inbox_of(person_id: str) -> str:
    """Return the topic for changes to an inbox."""
    return f"inbox:{person_id}"


def page_of(username_key: str) -> str:
    """Return the topic for changes to a public page."""
    return f"page:{username_key}"


def mail_of(sign_up_id: str) -> str:
    """Return the topic for the delivery of a sign-up's email."""
    return f"mail:{sign_up_id}"


def sessions_of(person_id: str) -> str:
    """Return the topic for changes to a person's sessions."""
    return f"sessions:{person_id}"


@dataclass(frozen=True)
class Tab:
    """An open tab: its Reflex client token and the id of its socket."""

    token: str
    connection_id: str


@dataclass
class Hub:
    """Tracks which tabs of this process watch which topics, while their sockets are open."""

    tell: Callable[[Tab, str], Awaitable[None]] | None = None
    # Called with each topic, before any tab is told.
    listeners: list[Callable[[str], None]] = field(default_factory=list)
    _watching: dict[str, set[Tab]] = field(default_factory=lambda: defaultdict(set))
    _topics: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def watch(self, topic: str, tab: Tab) -> None:
        """Subscribe a tab to a topic until its socket closes."""
        if tab.connection_id:
            self._watching[topic].add(tab)
            self._topics[tab.connection_id].add(topic)

    def leave(self, connection_id: str) -> None:
        """Forget every tab of a socket that has closed."""
        for topic in self._topics.pop(connection_id, set()):
            left = {tab for tab in self._watching[topic] if tab.connection_id != connection_id}
            if left:
                self._watching[topic] = left
            else:
                del self._watching[topic]

    def watchers(self, topic: str) -> frozenset[Tab]:
        """Return the tabs that watch a topic now."""
        return frozenset(self._watching.get(topic, ()))

    async def announce(self, topic: str) -> None:
        """Tell every tab that watches a topic."""
        for listener in self.listeners:
            listener(topic)
        if self.tell is None:
            return
        for tab in self.watchers(topic):
            await self.tell(tab, topic)
