"""Topics: which open tabs want to hear about which changes.

A use case announces a topic in its context. Once it is done, each tab that watches the
topic is told to refresh. What the tab may see is decided then, by the same handler and
the same guard as if the person had asked.

Of a new message, tabs are told a random moment later. Telling takes time too, so a
sender whose answer took a little longer, or who saw the next one delayed, could find
out that the owner is looking at the inbox.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


def inbox_of(person_id: str) -> str:
    """Return the topic for changes to an inbox."""
    return f"inbox:{person_id}"


def arrivals_of(person_id: str) -> str:
    """Return the topic for new messages in an inbox."""
    return f"arrivals:{person_id}"


def storm_of(person_id: str) -> str:
    """Return the topic for messages that are held because too many came at once."""
    return f"storm:{person_id}"


def page_of(username_key: str) -> str:
    """Return the topic for changes to a public page."""
    return f"page:{username_key}"


def mail_of(sign_up_id: str) -> str:
    """Return the topic for the delivery of a sign-up's email."""
    return f"mail:{sign_up_id}"


def sessions_of(person_id: str) -> str:
    """Return the topic for changes to a person's sessions."""
    return f"sessions:{person_id}"


# The topics that are told later, and how much later, in seconds.
LATER = ("arrivals", "storm")
A_MOMENT = (0.05, 0.5)


@dataclass(frozen=True)
class Tab:
    """An open tab: its Reflex client token and the id of its socket."""

    token: str
    connection_id: str


@dataclass
class Hub:
    """Tracks which tabs of this process watch which topics, while their sockets are open.

    Attributes:
        tell: Makes a tab refresh.
        moment: The shortest and longest time that the topics in `LATER` wait, in seconds.
        publish: Passes a topic on to every process, this one too, where there are several.
        name_of: The name of a topic among processes.
    """

    tell: Callable[[Tab, str], Awaitable[None]] | None = None
    publish: Callable[[str], None] | None = None
    name_of: Callable[[str], str] = str
    moment: tuple[float, float] = A_MOMENT
    # Topics that are told in a moment; more of the same changes nothing.
    waiting: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _watching: dict[str, set[Tab]] = field(default_factory=lambda: defaultdict(set))
    _topics: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # The topics that are watched, by their names among processes.
    _named: dict[str, str] = field(default_factory=dict)

    def watch(self, topic: str, tab: Tab) -> None:
        """Subscribe a tab to a topic until its socket closes."""
        if tab.connection_id:
            if topic not in self._watching:
                self._named[self.name_of(topic)] = topic
            self._watching[topic].add(tab)
            self._topics[tab.connection_id].add(topic)

    def leave(self, connection_id: str) -> None:
        """Forget every tab of a socket that has closed."""
        for topic in self._topics.pop(connection_id, set()):
            left = {tab for tab in self._watching[topic] if tab.connection_id != connection_id}
            if left:
                self._watching[topic] = left
            else:
                del self._watching[topic], self._named[self.name_of(topic)]

    def watchers(self, topic: str) -> frozenset[Tab]:
        """Return the tabs that watch a topic now."""
        return frozenset(self._watching.get(topic, ()))

    def names(self) -> list[str]:
        """Return the watched topics' names among processes."""
        return list(self._named)

    async def announce(self, topic: str) -> None:
        """Tell every tab that watches a topic, in every process."""
        if self.publish is None:
            await self._tell(topic)
        else:
            self.publish(topic)

    async def hear(self, name: str) -> None:
        """Tell this process's tabs of a topic that some process has announced."""
        if (topic := self._named.get(name)) is not None:
            await self._tell(topic)

    async def _tell(self, topic: str) -> None:
        """Tell the tabs that watch a topic: now, or else in a moment."""
        if topic.partition(":")[0] not in LATER:
            await self._tell_watchers(topic)
        elif topic not in self.waiting:
            # Whether anyone watches is looked up only then, so that it takes no time now.
            self.waiting[topic] = asyncio.create_task(self._tell_later(topic))

    async def _tell_later(self, topic: str) -> None:
        shortest, longest = self.moment
        share = secrets.randbelow(1000) / 1000
        await asyncio.sleep(shortest + share * (longest - shortest))
        # What comes from now on needs to be told again.
        del self.waiting[topic]
        await self._tell_watchers(topic)

    async def _tell_watchers(self, topic: str) -> None:
        if self.tell is None:
            return
        for tab in self.watchers(topic):
            await self.tell(tab, topic)
