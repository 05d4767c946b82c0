"""Floods by HTTP: hostile forms, half-open connections, and readers who don't read."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack, suppress
from urllib.parse import quote

from bench.faults.http import FORM, OURS, Http, network
from bench.faults.site import sign_in

# Normalising this takes time that grows with its square: marks of two classes, out of order.
MARKS = "a" + "\u0301" * 4_500 + "\u0316" * 4_500
POSTERS, EXPORTERS, HALF_OPEN, READERS = 4, 3, 1_000, 250
HALVES = (
    "",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {network}\r\n",
    (
        "POST /u/ada HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {network}\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Length: 1000\r\n\r\nmessage="
    ),
)


async def refused_posts(port: int, size: float) -> None:
    """Post drafts that are refused, as fast as they're answered, each client from one network."""
    body = f"message={quote(MARKS)}&key=k".encode()
    await asyncio.gather(
        *(_post(port, "/u/ada", body, {}, each) for each in range(_share(POSTERS, size)))
    )


async def exports(port: int, size: float) -> None:
    """Ask for an export with a password that is slow to judge."""
    async with Http(port, network(1)) as browser:
        cookie = {"Cookie": await sign_in(browser, "mallory")}
    body = f"password={quote(MARKS)}".encode()
    await asyncio.gather(
        *(_post(port, "/export", body, cookie, 1) for _ in range(_share(EXPORTERS, size)))
    )


async def half_open(port: int, size: float) -> None:
    """Open connections that say nothing, or only half of what they'd have to."""
    await _hold(
        port,
        [
            HALVES[number % len(HALVES)].format(network=network(number)).encode()
            for number in range(_share(HALF_OPEN, size))
        ],
    )


async def slow_readers(port: int, size: float) -> None:
    """Ask for page after page, and read nothing."""
    ask = "GET /u/ada HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {network}\r\n\r\n"
    asked = [
        (ask * 40).format(network=network(number)).encode()
        for number in range(_share(READERS, size))
    ]
    await _hold(port, asked, reads=4_096)


async def _post(port: int, path: str, body: bytes, headers: dict[str, str], number: int) -> None:
    async with Http(port, network(number)) as client:
        while True:
            with suppress(OSError):
                await client.ask("POST", path, body, FORM | OURS | headers)
            # Lets the others here have their turn when a refusal comes at once.
            await asyncio.sleep(0)


async def _hold(port: int, sent: list[bytes], reads: int = 0) -> None:
    """Open a connection for each, and hold all of them until cancelled."""
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        for each in sent:
            made = stack.enter_context(socket.socket())
            if reads:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, reads)
            made.settimeout(0)
            with suppress(OSError):
                await loop.sock_connect(made, ("127.0.0.1", port))
                await loop.sock_sendall(made, each)
        await asyncio.Event().wait()


def _share(number: int, size: float) -> int:
    return max(1, round(number * size))
