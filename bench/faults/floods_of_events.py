"""Floods over sockets: hostile texts, passwords, many sockets and many events."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress

from websockets.exceptions import WebSocketException

from bench.faults.http import Http, network
from bench.faults.site import sign_in
from bench.faults.tabs import PUBLIC_PAGE, ROOT, SETTINGS, Tab, event

# As many marks as a frame has room for, and as many as a message may have before it's
# looked at any closer.
MARKS = [f"a{chr(0x301) * half}{chr(0x316) * half}" for half in (3_900, 1_950)]
# zxcvbn takes long to judge what looks like many words.
SLOW_PASSWORD = "".join(f"p4ssw0rd{number}qwErty" for number in range(16))[:256]
SOCKETS, TABS, CONNECTS, EVENTS = 4, 45, 2_000, 20_000
PER_SECOND, NETWORKS = 19, 10


async def marks(port: int, size: float) -> None:
    """Send messages full of combining marks, just within a socket's events a second."""
    await asyncio.gather(*(_send_marks(port, each) for each in range(_share(SOCKETS, size))))


async def _send_marks(port: int, number: int) -> None:
    while True:
        with suppress(OSError):
            async with Tab(port, "/u/ada", network(number)) as tab:
                reading = asyncio.create_task(tab.settle(quiet=60))
                try:
                    while True:
                        form = {"message": secrets.choice(MARKS), "key": secrets.token_hex(8)}
                        await tab.send(f"{PUBLIC_PAGE}.send", form=form)
                        await asyncio.sleep(1 / PER_SECOND)
                finally:
                    reading.cancel()
        await asyncio.sleep(0.1)


async def password_changes(port: int, size: float) -> None:
    """Change one account's password in all of its tabs at once, again and again."""
    async with Http(port, network(1)) as browser:
        cookie = await sign_in(browser, "mallory")
    await asyncio.gather(*(_change(port, cookie) for _ in range(_share(TABS, size))))


async def _change(port: int, cookie: str) -> None:
    form = {"password": "not the password", "new_password": SLOW_PASSWORD}
    while True:
        with suppress(OSError):
            async with Tab(port, "/settings", network(1), cookie) as tab:
                while True:
                    await tab.send(f"{SETTINGS}.change_password", form=form)
                    await tab.until('"busy_rx_state_":false')
        await asyncio.sleep(0.1)


async def connects(port: int, size: float) -> None:
    """Open sockets from a few networks, load a page in each, and keep them."""
    tabs = [
        Tab(port, "/u/ada", network(number % NETWORKS)) for number in range(_share(CONNECTS, size))
    ]
    room = asyncio.Semaphore(50)

    async def open_one(tab: Tab) -> None:
        async with room:
            with suppress(OSError):
                await tab.open()
                await tab.load()

    try:
        await asyncio.gather(*map(open_one, tabs))
        await asyncio.Event().wait()
    finally:
        for tab in tabs:
            tab.abort()


async def many_events(port: int, size: float) -> None:
    """Send so many events without a pause; open the socket again whenever it's closed."""
    left = _share(EVENTS, size)
    frame = event(f"{PUBLIC_PAGE}.suggest", "/u/ada")
    while left > 0:
        tab = Tab(port, "/u/ada", network(1))
        with suppress(OSError, WebSocketException):
            await tab.open()
            await tab.send(f"{ROOT}.hydrate_and_load", hashes=["-"])
            while left > 0 and tab.socket is not None:
                left -= 1
                await tab.socket.send(frame)
                if left % 20 == 0:
                    await asyncio.sleep(0)
        tab.abort()
        await asyncio.sleep(0.01)


def _share(number: int, size: float) -> int:
    return max(1, round(number * size))
