"""The password hashing pool: bounded, and the only place allowed to hash."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

import anonmsg
from anonmsg.errors import Busy
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import HASHING_QUEUE, HASHING_THREADS, Runtime
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD

PACKAGE = Path(anonmsg.__file__).parent
# Only an operator's command calls it, in a process that serves nobody else.
BY_COMMAND = {"operators.create_user"}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function in services, as module.function."""
    for file in (PACKAGE / "services").rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{file.stem}.{node.name}", node


def hashing() -> set[str]:
    """The use cases that hash or compare a password, directly or through a call."""
    texts = {name: ast.unparse(node) for name, node in functions()}
    found: set[str] = set()
    more = {name for name, text in texts.items() if "ctx.passwords." in text}
    while more - found:
        found |= more
        more = {name for name, text in texts.items() if calls_one_of(found, name, text)}
    return {each for each in found if "._" not in each}


def calls_one_of(names: set[str], caller: str, text: str) -> bool:
    """Whether a function calls one of these, through its module or within its own."""
    own = caller.partition(".")[0] + "."
    wanted = names | {each.removeprefix(own) for each in names if each.startswith(own)}
    return any(re.search(rf"(?<![.\w]){re.escape(each)}\(ctx", text) for each in wanted)


def calls_from_outside() -> dict[str, set[str]]:
    """For each use case, which of run and run_hashing the pages and routes call it with."""
    found: dict[str, set[str]] = {}
    for room in ("pages", "web", "framework", "components"):
        for file in (PACKAGE / room).rglob("*.py"):
            for by, use_case in re.findall(r"\b(run|run_hashing)\(\s*(\w+\.\w+)", file.read_text()):
                found.setdefault(use_case, set()).add(by)
    return found


def test_every_use_case_that_hashes_is_run_in_the_pool_and_no_other_is() -> None:
    use_cases, calls = hashing(), calls_from_outside()
    assert {"sign_ins.sign_in", "password_resets.reset", "two_factor.turn_off"} <= use_cases
    assert len(calls) > 25
    hashed = {name for name, by in calls.items() if by == {"run_hashing"}}
    assert hashed == {name for name in use_cases if name in calls}
    assert use_cases - set(calls) >= BY_COMMAND


async def test_to_hash_outside_the_pool_is_an_error(runtime: Runtime, ctx: Context) -> None:
    factories.person(ctx)
    typed = {"identifier": "ada", "password": PASSWORD, "network": NETWORK}
    with pytest.raises(RuntimeError, match="call it by run_hashing"):
        await runtime.run(sign_ins.sign_in, **typed)
    assert await runtime.run_hashing(sign_ins.sign_in, **typed)


async def test_whoever_finds_the_queue_full_is_told_so_at_once(runtime: Runtime) -> None:
    go_on = Event()

    def wait(_ctx: Context) -> bool:
        return go_on.wait(10)

    places = HASHING_THREADS + HASHING_QUEUE
    waiting = [asyncio.create_task(runtime.run_hashing(wait)) for _ in range(places)]
    await asyncio.sleep(0)
    try:
        # A call that found a place would wait for the others.
        with pytest.raises(Busy):
            await asyncio.wait_for(runtime.run_hashing(wait), 2)
        # Everyone else is still served.
        assert await runtime.run(lambda _ctx: "answered") == "answered"
    finally:
        go_on.set()
    assert await asyncio.gather(*waiting) == [True] * places
    assert await runtime.run_hashing(wait) is True


async def test_whoever_gives_up_keeps_the_place_until_the_work_is_done(runtime: Runtime) -> None:
    go_on = Event()
    places = HASHING_THREADS + HASHING_QUEUE
    waiting = [
        asyncio.create_task(runtime.run_hashing(lambda _ctx: go_on.wait(10))) for _ in range(places)
    ]
    await asyncio.sleep(0)
    for each in waiting[:HASHING_THREADS]:
        each.cancel()
    await asyncio.sleep(0)
    try:
        with pytest.raises(Busy):
            await asyncio.wait_for(runtime.run_hashing(lambda _ctx: None), 2)
    finally:
        go_on.set()
    await asyncio.gather(*waiting, return_exceptions=True)
