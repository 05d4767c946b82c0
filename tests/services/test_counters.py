"""Counters that guard a secret: exact, even under concurrent requests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from anonmsg.database.tables import Counter
from anonmsg.errors import TooManyAttempts
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import counters
from tests.fakes import Clock
from tests.races import contexts_at_once, named


def spend(ctx: Context, *key: str, limit: int = 3) -> None:
    with ctx.writing():
        counters.spend(ctx, *(key or ("code", "zoe")), limit=limit, period=timedelta(hours=1))


def test_one_more_than_the_limit_is_refused_with_the_time_left(
    runtime: Runtime, clock: Clock
) -> None:
    for _ in range(3):
        with runtime.context() as ctx:
            spend(ctx)
        clock.move(minutes=10)
    with runtime.context() as ctx, pytest.raises(TooManyAttempts) as refusal:
        spend(ctx)
    assert refusal.value.wait == timedelta(minutes=30)


def test_the_period_begins_with_the_first_and_starts_anew_when_it_is_over(
    runtime: Runtime, clock: Clock
) -> None:
    for _ in range(2):
        for _ in range(3):
            with runtime.context() as ctx:
                spend(ctx)
        clock.move(minutes=59, seconds=59)
        with runtime.context() as ctx, pytest.raises(TooManyAttempts):
            spend(ctx)
        clock.move(seconds=1)


def test_being_refused_counts_nothing(runtime: Runtime, ctx: Context) -> None:
    for _ in range(3):
        spend(ctx)
    for _ in range(5):
        with pytest.raises(TooManyAttempts):
            spend(ctx)
    with ctx.reading() as db:
        assert db.exec(select(Counter)).one().count == 3
    spend(ctx, limit=4)


def test_keys_do_not_share_a_count_and_are_not_readable(ctx: Context) -> None:
    for key in (("code", "zoe"), ("code", "grace"), ("resend", "zoe"), ("code", "zo", "e")):
        for _ in range(3):
            spend(ctx, *key)
    with ctx.reading() as db:
        kept = [row.key for row in db.exec(select(Counter)).all()]
    assert len(kept) == 4
    assert not any("zoe" in key for key in kept)


def test_100_at_once_are_exactly_the_limit(runtime: Runtime) -> None:
    outcomes = contexts_at_once(runtime, 100, lambda ctx, _: spend(ctx, limit=5))
    assert outcomes.count(None) == 5
    assert named(outcomes, TooManyAttempts) == 95
