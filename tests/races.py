"""Real threads and processes that start together, and how each one ends."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from anonmsg.errors import AppError
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime

T = TypeVar("T")


def at_once(count: int, job: Callable[[int], T]) -> list[T | AppError]:
    """Run a job `count` times at once; a refusal is a result like any other."""
    start = Barrier(count)

    def one(number: int) -> T | AppError:
        start.wait()
        try:
            return job(number)
        except AppError as refusal:
            return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def contexts_at_once(
    runtime: Runtime, count: int, job: Callable[[Context, int], T]
) -> list[T | AppError]:
    """Like `at_once`, with a separate context for each."""

    def one(number: int) -> T:
        with runtime.context() as ctx:
            return job(ctx, number)

    return at_once(count, one)


def processes_at_once(count: int, job: Callable[[str], T], argument: str) -> list[T]:
    """Run a job in processes that share nothing, all ready before the first one starts.

    The server they're forked from imports what they need, once.
    """
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(
        ["pytest", "alembic.command", "anonmsg.database.tables", "anonmsg.database.engine"]
    )
    ready = server.Barrier(count).wait
    with ProcessPoolExecutor(count, mp_context=server, initializer=ready) as pool:
        return list(pool.map(job, [argument] * count))


def named(outcomes: list[T | AppError], refusal: type[AppError]) -> int:
    """How many of the results are exactly this refusal."""
    return sum(type(outcome) is refusal for outcome in outcomes)
