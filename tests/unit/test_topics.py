"""Which tabs hear about which topics, and for how long."""

from __future__ import annotations

import asyncio

import pytest

from anonmsg.runtime.topics import Hub, Tab, arrivals_of, inbox_of, page_of

ADA, GRACE = Tab("token-a", "connection-a"), Tab("token-g", "connection-g")


def test_a_tab_without_a_socket_watches_nothing() -> None:
    hub = Hub()
    hub.watch("inbox:1", Tab("token", ""))
    assert hub.watchers("inbox:1") == frozenset()


def test_an_inbox_and_a_page_are_different_topics() -> None:
    assert inbox_of("x") != page_of("x")


def test_a_tab_hears_of_its_own_topic_alone() -> None:
    hub = Hub()
    hub.watch(inbox_of("ada"), ADA)
    hub.watch(inbox_of("ada"), ADA)
    hub.watch(inbox_of("grace"), GRACE)
    assert hub.watchers(inbox_of("ada")) == {ADA}
    assert hub.watchers(inbox_of("nobody")) == frozenset()


def test_a_closed_socket_is_forgotten_with_all_its_tabs_and_topics() -> None:
    hub = Hub()
    second = Tab("token-2", "connection-a")
    for tab in (ADA, second, GRACE):
        hub.watch("one", tab)
    hub.watch("two", ADA)
    hub.leave("connection-a")
    hub.leave("connection-a")
    hub.leave("never was here")
    assert hub.watchers("one") == {GRACE}
    assert hub.watchers("two") == frozenset()
    assert set(hub._watching) == {"one"}
    assert set(hub._topics) == {"connection-g"}


async def test_nobody_is_told_before_there_is_a_way_to() -> None:
    hub = Hub()
    hub.watch("one", ADA)
    await hub.announce("one")


async def test_every_watcher_is_told_once() -> None:
    told: list[tuple[Tab, str]] = []

    async def tell(tab: Tab, topic: str) -> None:
        told.append((tab, topic))

    hub = Hub(tell)
    for tab in (ADA, GRACE, ADA):
        hub.watch("one", tab)
    hub.watch("two", GRACE)
    await hub.announce("one")
    await hub.announce("nothing")
    assert sorted(told, key=str) == sorted([(ADA, "one"), (GRACE, "one")], key=str)


async def test_a_tab_that_leaves_while_others_are_told_is_no_trouble() -> None:
    hub = Hub()
    told = []

    async def tell(tab: Tab, topic: str) -> None:
        told.append(tab)
        hub.leave(ADA.connection_id)
        hub.leave(GRACE.connection_id)

    hub.tell = tell
    hub.watch("one", ADA)
    hub.watch("one", GRACE)
    await hub.announce("one")
    assert len(told) == 2
    assert hub.watchers("one") == frozenset()


async def test_an_arrival_is_told_a_moment_later_and_once() -> None:
    told: list[str] = []

    async def tell(_tab: Tab, topic: str) -> None:
        told.append(topic)

    hub = Hub(tell, moment=(0.01, 0.02))
    hub.watch(arrivals_of("ada"), ADA)
    for _ in range(5):
        await hub.announce(arrivals_of("ada"))
    await hub.announce(arrivals_of("grace"))
    assert told == []
    assert len(hub.waiting) == 2
    await asyncio.gather(*hub.waiting.values())
    assert told == [arrivals_of("ada")]
    assert hub.waiting == {}
    # What comes while tabs are told is told again.
    await hub.announce(arrivals_of("ada"))
    await asyncio.gather(*hub.waiting.values())
    assert told == [arrivals_of("ada")] * 2


async def test_whether_anyone_watches_makes_no_difference_at_once() -> None:
    asked: list[str] = []

    async def tell(_tab: Tab, _topic: str) -> None:
        pytest.fail("nobody watches")

    class Watched(Hub):
        def watchers(self, topic: str) -> frozenset[Tab]:
            asked.append(topic)
            return super().watchers(topic)

    hub = Watched(tell, moment=(0.01, 0.01))
    await hub.announce(arrivals_of("ada"))
    assert asked == []
    await asyncio.gather(*hub.waiting.values())
    assert asked == [arrivals_of("ada")]


async def test_the_moment_is_another_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    hub = Hub()
    for n in range(40):
        await hub.announce(arrivals_of(str(n)))
    await asyncio.gather(*hub.waiting.values())
    assert all(0.05 <= each <= 0.5 for each in waited)
    assert len(set(waited)) > 20
