"""Batching: callers served together, each with their own answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from anonmsg.errors import InvalidMessage
from anonmsg.runtime.batching import MOST_TOGETHER, Batcher


class Counterpart:
    """Serves when it's allowed to, and records which callers came together."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.may_go_on = asyncio.Event()

    async def serve(self, asked: list[Any]) -> list[Any]:
        self.rounds.append([each["n"] for each in asked])
        await self.may_go_on.wait()
        if any(each.get("breaks") for each in asked):
            raise ZeroDivisionError
        return [InvalidMessage() if each["n"] == 3 else None for each in asked]


async def test_whoever_is_alone_is_served_at_once() -> None:
    other = Counterpart()
    other.may_go_on.set()
    await Batcher(other.serve).join({"n": 1})
    assert other.rounds == [[1]]


async def test_those_who_come_meanwhile_are_served_together() -> None:
    other = Counterpart()
    queue = Batcher(other.serve)
    callers = [asyncio.create_task(queue.join({"n": n})) for n in (1, 2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    callers += [asyncio.create_task(queue.join({"n": n})) for n in range(4, 4 + MOST_TOGETHER)]
    await asyncio.sleep(0)
    other.may_go_on.set()
    await asyncio.gather(*callers)
    assert sorted(n for each in other.rounds for n in each) == [1, 2, *range(4, 4 + MOST_TOGETHER)]
    assert max(map(len, other.rounds)) <= MOST_TOGETHER
    assert len(other.rounds) < len(callers)


async def test_a_refusal_reaches_the_caller_whom_it_concerns_alone() -> None:
    other = Counterpart()
    other.may_go_on.set()
    queue = Batcher(other.serve)
    outcomes = await asyncio.gather(
        *(queue.join({"n": n}) for n in (1, 3, 2)), return_exceptions=True
    )
    assert [type(each) for each in outcomes] == [type(None), InvalidMessage, type(None)]


async def test_a_failure_reaches_everyone_and_the_queue_goes_on() -> None:
    other = Counterpart()
    other.may_go_on.set()
    queue = Batcher(other.serve)
    outcomes = await asyncio.gather(
        *(queue.join({"n": n, "breaks": True}) for n in (1, 2)), return_exceptions=True
    )
    assert [type(each) for each in outcomes] == [ZeroDivisionError] * 2
    await queue.join({"n": 5})


async def test_a_caller_who_has_gone_away_disturbs_nobody() -> None:
    other = Counterpart()
    queue = Batcher(other.serve)
    gone, stays = (asyncio.create_task(queue.join({"n": n})) for n in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    other.may_go_on.set()
    await stays
    with pytest.raises(asyncio.CancelledError):
        await gone
