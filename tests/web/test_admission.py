"""How much a socket may send, and how many sockets a network may have."""

from __future__ import annotations

from dataclasses import dataclass

from anonmsg.runtime.runtime import Runtime
from anonmsg.runtime.shared.sharing_redis import Shared
from anonmsg.runtime.topics import Hub
from anonmsg.web.door.admission import (
    Admission,
    Allowance,
    OpenRequests,
    SocketLimits,
    open_requests,
)
from tests.redis_server import RedisServer


@dataclass
class Clock:
    """A clock that moves when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The seconds it shows."""
        return self.now


def test_a_burst_ends() -> None:
    allowance = Allowance(per_second=20, burst=60, clock=Clock())
    assert [allowance.take() for _ in range(61)] == [True] * 60 + [False]


def test_an_allowance_refills_by_the_second_and_no_higher_than_a_burst() -> None:
    clock = Clock()
    allowance = Allowance(per_second=20, burst=60, clock=clock)
    while allowance.take():
        pass
    clock.now += 1
    assert [allowance.take() for _ in range(21)] == [True] * 20 + [False]
    clock.now += 3600
    assert [allowance.take() for _ in range(61)] == [True] * 60 + [False]


def test_a_network_with_too_many_open_sockets_gets_no_more() -> None:
    admission = Admission(SocketLimits(open_per_network=2), clock=Clock())
    assert [admission.enter("one") for _ in range(3)] == [True, True, False]
    assert admission.enter("other")


def test_a_socket_that_leaves_makes_room() -> None:
    admission = Admission(SocketLimits(open_per_network=1), clock=Clock())
    admission.enter("one")
    admission.leave("one")
    assert admission.enter("one")


def test_a_network_that_comes_and_goes_too_fast_waits_a_minute() -> None:
    clock = Clock()
    admission = Admission(SocketLimits(new_per_minute=2), clock=clock)
    for _ in range(2):
        assert admission.enter("one")
        admission.leave("one")
        clock.now += 10
    assert not admission.enter("one")
    clock.now += 40
    assert admission.enter("one")
    assert not admission.enter("one")


def test_a_refusal_counts_for_nothing() -> None:
    clock = Clock()
    admission = Admission(SocketLimits(new_per_minute=1), clock=clock)
    admission.enter("one")
    admission.leave("one")
    for _ in range(5):
        clock.now += 11
        assert not admission.enter("one")
    clock.now += 5
    assert admission.enter("one")


def test_a_factor_scales_all_but_the_size_of_a_frame() -> None:
    assert SocketLimits().scaled(10) == SocketLimits(16_384, 200, 600, 3000, 3000)


def test_a_small_factor_leaves_at_least_one() -> None:
    assert SocketLimits().scaled(0.0001) == SocketLimits(16_384, 1, 1, 1, 1)


async def test_open_requests_are_counted_by_all_processes_together(
    redis: RedisServer, runtime: Runtime
) -> None:
    settings = runtime.settings.model_copy(update={"redis_url": redis.url})
    made = [Shared(settings, runtime.keyring.digests, Hub()) for _ in range(2)]
    one, other = (open_requests(8, each, workers=2) for each in made)

    async def let_in(requests: OpenRequests) -> str | None:
        assert requests.enter("n")
        return await requests.take_place("n")

    # Each has two of its own, which cost no round trip; the other four are shared.
    assert [await let_in(one) for _ in range(2)] == ["", ""]
    with redis.client() as client:
        assert list(client.scan_iter()) == []
    places = [await let_in(one) for _ in range(3)]
    assert all(places)
    assert [await let_in(other) for _ in range(2)] == ["", ""]
    assert await let_in(other)
    assert await let_in(other) is None
    assert await let_in(one) is None
    one.leave("n")
    await one.give_back(places[0])
    assert await let_in(other)
    for each in made:
        await each.link.close_loop()
