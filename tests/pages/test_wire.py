"""What an open dashboard is sent, in bytes beyond the messages' own texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from anonmsg.database.tables import Person
from anonmsg.pages.dashboard.shown_state import ARRIVALS
from anonmsg.runtime.context import Context
from tests import factories
from tests.fakes import Clock
from tests.tabs import Site, Tab

A_SLICE, AN_ARRIVAL = 6000, 1000
Open = Callable[..., Tab]


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _bytes(frames: list[dict[str, Any]]) -> int:
    return len(json.dumps(frames, ensure_ascii=False, separators=(",", ":")).encode())


def _length(texts: list[str]) -> int:
    return sum(len(text.encode()) for text in texts)


def _beyond(page: Tab, *texts: str) -> int:
    """Count what came since `forget`, without these texts."""
    return _bytes(page.frames) - _length(list(texts))


def _texts(page: Tab) -> list[str]:
    return [each["content"] for each in page.inbox]


async def test_a_slice_costs_as_much_however_many_are_shown(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, *(f"message {n:04}" for n in range(400)))
    page = tab("/dashboard", "ada")
    await page.load()
    # Before it, Reflex sends what every state begins with.
    with_slice = [frame for frame in page.frames if _texts(page)[0] in json.dumps(frame)]
    assert _bytes(with_slice) - _length(_texts(page)) <= A_SLICE
    costs = []
    for shown in range(20, 400, 20):
        page.forget()
        await page.ask("dashboard.load_more")
        costs.append(_beyond(page, *_texts(page)[shown:]))
    assert len(_texts(page)) == 400
    assert max(costs) <= A_SLICE


async def test_an_arrival_costs_as_much_however_many_have_come(
    tab: Open, site: Site, ada: Person, ctx: Context, clock: Clock
) -> None:
    factories.messages(ctx, ada, *(f"message {n:04}" for n in range(30)))
    clock.move(hours=1)
    page = await tab("/dashboard", "ada").load()
    costs = []
    for n in range(70):
        clock.move(minutes=1)
        with site.runtime.context() as now:
            factories.messages(now, ada, f"arrival {n:04}")
        page.forget()
        await page.ask("dashboard.look_for_arrivals")
        costs.append(_beyond(page, f"arrival {n:04}"))
    assert _texts(page)[:70] == [f"arrival {n:04}" for n in range(69, -1, -1)]
    # When 20 have come, they become a slice, which is sent once more.
    slices = [cost for cost in costs if cost > AN_ARRIVAL]
    assert len(slices) == 70 // (ARRIVALS + 1)
    assert max(slices) <= A_SLICE
    assert sum(costs) / len(costs) <= AN_ARRIVAL


async def test_more_comes_below_what_is_left_when_the_first_slice_is_gone(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, *(f"{n}" for n in range(50)))
    page = await tab("/dashboard", "ada").load()
    await page.ask("dashboard.load_more")
    await page.ask("dashboard.act", what="trash", ids=[each["id"] for each in page.inbox[:20]])
    await page.ask("dashboard.load_more")
    assert _texts(page) == [f"{n}" for n in range(29, -1, -1)]
