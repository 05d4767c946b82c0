"""Calls every handler as everybody who mustn't: data that leaks, and changes that are made.

    python -m bench.faults.handlers
    python -m bench.faults.handlers --only dashboard

Ada has an inbox, two sign-ins and an emailed link. Each handler is called with her ids by
a stranger, by another owner, by somebody whose account is about to be deleted and by a
browser whose session of hers has ended. Nothing of hers may come back, and no row about
her may differ afterwards. She herself comes last: what she sees shows that the look
finds it.
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress
from dataclasses import dataclass

from anonmsg.addresses import Audience
from bench.faults import report, victims
from bench.faults.http import network
from bench.faults.registry import Handler, handlers
from bench.faults.report import Row, Rows
from bench.faults.site import Site, site
from bench.faults.tabs import ROOT, Tab
from bench.faults.victims import NAMES, Victim

MOST = {"leaks": 0, "changes": 0, "crashes": 0, "incidents": 0}
# The page that a handler's own client would be on; the others are on somebody's public page.
PAGES = {
    "dashboard_state": "/dashboard",
    "settings_state": "/settings",
    "two_factor_state": "/settings",
    "delete_account_state": "/settings",
    "leaving_state": "/leaving",
}
ELSEWHERE = "/u/bea"
CONTROL = "ada herself"
# Seconds without a frame after which no more is expected.
QUIET, AT_ONCE = 0.3, 6


@dataclass(frozen=True)
class Actor:
    """Somebody who calls handlers: with this Cookie header, from this network."""

    name: str
    cookie: str
    number: int


async def call_all(made: Site, actor: Actor, called: list[Handler], victim: Victim) -> list[str]:
    """Call each handler in each of its forms, and return every frame that came back.

    With one of those for accounts about to go, leo may decide to stay, and is an owner
    again. So these come last.
    """
    room, frames = asyncio.Semaphore(AT_ONCE), list[str]()

    async def call(handler: Handler) -> None:
        page = PAGES.get(handler.short.partition(".")[0], ELSEWHERE)
        tab = Tab(made.port, page, network(actor.number), actor.cookie)
        async with room:
            with suppress(OSError):
                await tab.open()
                await tab.send(f"{ROOT}.hydrate_and_load", hashes=["-"])
                for payload in victim.payloads(handler):
                    await tab.send(handler.name, **payload)
            await tab.settle(QUIET)
            await tab.close()
        frames.extend(tab.frames)

    for are_last in (False, True):
        now = [each for each in called if (each.audience is Audience.LEAVING) is are_last]
        await asyncio.gather(*map(call, now))
    return frames


async def attack(made: Site, called: list[Handler]) -> Rows:
    """Let every actor call all handlers; return what each got and changed."""
    victim = await victims.prepare(made)
    actors = [
        Actor("a stranger", "", 1),
        Actor("another owner", victim.cookies["eve"], 2),
        Actor("an account about to go", victim.cookies["leo"], 3),
        Actor("an ended session of hers", victim.cookies["ada, ended"], 4),
        Actor(CONTROL, victim.cookies["ada"], 5),
    ]
    found: Rows = {}
    for actor in actors:
        before, noted, worker = victims.rows_about(made, victim), len(made.log), made.worker()
        harmless = [each for each in called if actor.name != CONTROL or _only_looks(each)]
        frames = await call_all(made, actor, harmless, victim)
        secrets_of = victim.secrets + (victim.secrets_of_leo if actor.number == 3 else [])
        leaks = sum(any(secret in frame for secret in secrets_of) for frame in frames)
        figures: Row = {"handlers": len(harmless), "frames": len(frames)}
        if actor.name == CONTROL:
            found[actor.name] = figures | {"sees her own": leaks}
            continue
        after = victims.rows_about(made, victim)
        found[actor.name] = figures | {
            "leaks": leaks,
            "changes": len(before ^ after),
            "crashes": int(made.worker() != worker),
            "incidents": made.log[noted:].count("Incident "),
        }
    return found


def _only_looks(handler: Handler) -> bool:
    return handler.audience is not Audience.LEAVING and not handler.parameters


def measure(only: str = "") -> Rows:
    """Return what each actor got and changed.

    Args:
        only: Only the handlers whose state and name have this in them.
    """
    called = [each for each in handlers() if only in each.short]
    with site(*NAMES) as made:
        return asyncio.run(attack(made, called))


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only handlers with this in their names")
    report.show("handlers", measure(parser.parse_args().only), MOST)


if __name__ == "__main__":
    main()
