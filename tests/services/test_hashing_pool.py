"""The password hashing pool: bounded, and the only place allowed to hash."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from threading import Event, get_native_id
from typing import Any

import pytest

import anonmsg
from anonmsg.errors import Busy
from anonmsg.runtime.context import Context
from anonmsg.runtime.hashing import LEAST_URGENT, NICENESS, QUEUE, THREADS, HashingPool, Share
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD

PACKAGE = Path(anonmsg.__file__).parent
# Only an operator's command calls it, in a process that serves nobody else.
BY_COMMAND = {"operators.create_user"}
ANYONE = Share.of_network(NETWORK)
PLACES = THREADS + QUEUE


def others() -> list[Share]:
    """Shares of somebody else for each place."""
    return [Share.of_account(f"owner-{number}") for number in range(PLACES)]


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
    assert await runtime.run_hashing(sign_ins.sign_in, ANYONE, **typed)


def shares() -> list[tuple[str, str]]:
    """Each call of run_hashing from outside: its use case, and the share it is given."""
    found = []
    for room in ("pages", "web", "framework", "components"):
        for file in (PACKAGE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "run_hashing":
                    use_case, share, *_ = [*node.args, ast.Constant("none")]
                    found.append((ast.unparse(use_case), ast.unparse(share)))
    return found


def test_every_call_that_hashes_is_on_somebodys_share() -> None:
    found = shares()
    assert {use_case for use_case, _ in found} == hashing() & set(calls_from_outside())
    for use_case, share in found:
        kind = "sign_in" if use_case.startswith("sign_ins.") else "account|network"
        assert re.match(rf"Share\.of_({kind})\(", share), (use_case, share)


def test_what_an_owner_asks_is_on_their_own_share() -> None:
    takes_an_owner = {
        name
        for name, node in functions()
        if "owner_id" in {each.arg for each in node.args.kwonlyargs}
    }
    for use_case, share in shares():
        assert share.startswith("Share.of_account(") is (use_case in takes_an_owner), use_case


async def test_a_use_case_that_hashes_is_refused_without_a_share(runtime: Runtime) -> None:
    nameless: Any = runtime.run_hashing
    with pytest.raises(TypeError):
        await nameless(sign_ins.sign_in)


async def test_whoever_finds_the_queue_full_is_told_so_at_once(runtime: Runtime) -> None:
    go_on = Event()

    def stay(_ctx: Context) -> bool:
        return go_on.wait(10)

    waiting = [asyncio.create_task(runtime.run_hashing(stay, each)) for each in others()]
    await asyncio.sleep(0)
    try:
        # A call that found a place would wait for the others.
        with pytest.raises(Busy):
            await asyncio.wait_for(runtime.run_hashing(stay, ANYONE), 2)
        # Everyone else is still served.
        assert await runtime.run(lambda _ctx: "answered") == "answered"
    finally:
        go_on.set()
    assert await asyncio.gather(*waiting) == [True] * PLACES
    assert await runtime.run_hashing(stay, ANYONE) is True


@pytest.mark.parametrize(
    "share", [Share.of_account("ada"), Share.of_network("n"), Share.of_sign_in("n")]
)
async def test_nobody_fills_the_queue_alone(runtime: Runtime, share: Share) -> None:
    go_on = Event()

    def stay(_ctx: Context) -> bool:
        return go_on.wait(10)

    waiting = [asyncio.create_task(runtime.run_hashing(stay, share)) for _ in range(45)]
    await asyncio.sleep(0)
    try:
        other = asyncio.create_task(runtime.run_hashing(stay, Share.of_account("grace")))
        await asyncio.sleep(0)
        assert not other.done()
    finally:
        go_on.set()
    outcomes = await asyncio.gather(*waiting, other, return_exceptions=True)
    assert outcomes.count(True) == share.places + 1
    assert sum(isinstance(each, Busy) for each in outcomes) == 45 - share.places
    # What was served has given its places back.
    again = [runtime.run_hashing(stay, share) for _ in range(share.places)]
    assert await asyncio.gather(*again) == [True] * share.places


def test_sign_ins_go_first_and_nobodys_second_before_anothers_first() -> None:
    pool, served = HashingPool(), []
    ends = [Event() for _ in range(THREADS)]
    busy = [
        pool.submit(Share.of_network(str(n)), partial(end.wait, 10)) for n, end in enumerate(ends)
    ]
    ada, grace = Share.of_account("ada"), Share.of_account("grace")
    asked = [(ada, "ada 1"), (ada, "ada 2"), (ada, "ada 3"), (grace, "grace 1")]
    asked.append((Share.of_sign_in("n"), "sign-in"))
    waiting = [pool.submit(share, partial(served.append, name)) for share, name in asked]
    # The other thread stays busy, so one serves them all.
    ends[0].set()
    wait([*waiting, busy[0]], timeout=10)
    ends[1].set()
    pool.close()
    assert served == ["sign-in", "ada 1", "grace 1", "ada 2", "ada 3"]


async def test_whoever_gives_up_keeps_the_place_until_the_work_is_done(runtime: Runtime) -> None:
    go_on = Event()
    waiting = [
        asyncio.create_task(runtime.run_hashing(lambda _ctx: go_on.wait(10), each))
        for each in others()
    ]
    await asyncio.sleep(0)
    for each in waiting:
        each.cancel()
    await asyncio.sleep(0)
    try:
        with pytest.raises(Busy):
            await asyncio.wait_for(runtime.run_hashing(lambda _ctx: None, ANYONE), 2)
    finally:
        go_on.set()
    await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a thread its own niceness")
def test_a_hash_gives_way_to_whoever_waits_for_a_page() -> None:
    pool = HashingPool()

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    here = niceness()
    assert pool.submit(ANYONE, niceness).result() == min(LEAST_URGENT, here + NICENESS)
    assert niceness() == here
    pool.close()
