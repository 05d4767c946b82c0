"""Measures startup time and memory.

    make bench-start

A warm start is one after a build: of `reflex run`, which finds most of its work
done, and of `python -m anonmsg serve`, which compiles nothing. Memory is the
proportional set size of the whole process tree, both idle and with 200 open
dashboards, each of which is a socket of the same owner.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from bench import people, servers

STARTS, DASHBOARDS = 3, 200
STATE = "reflex___state____state"
Figures = dict[str, float]


def first_answer(port: int) -> None:
    """Wait for the first page."""
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/u/ada", timeout=5).read()
        except OSError:
            time.sleep(0.02)
        else:
            return


def sign_in(port: int) -> str:
    """Sign in, and return the Cookie header."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/sign-in",
        data=f"identifier=ada&password={people.PASSWORD.replace(' ', '+')}".encode(),
        headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"},
    )
    with urllib.request.urlopen(request) as answer:
        cookies = answer.headers.get_all("Set-Cookie")
    return "; ".join(cookie.partition(";")[0] for cookie in cookies)


async def dashboard(port: int, cookie: str, number: int) -> ClientConnection:
    """Open a dashboard the way Reflex's client does."""
    token = f"00000000-0000-4000-8000-{number:012d}"
    url = f"ws://127.0.0.1:{port}/_event/?token={token}&EIO=4&transport=websocket"
    headers = {"Origin": f"http://127.0.0.1:{port}", "Cookie": cookie}
    socket = await connect(url, additional_headers=headers, max_size=None)
    await socket.recv()
    where = {"pathname": "/dashboard", "asPath": "/dashboard", "query": {}}
    event = {"name": f"{STATE}.hydrate_and_load", "payload": {"hashes": ["-"]}}
    await socket.send("40/_event," + json.dumps({"event": event | {"router_data": where}}))
    while 'loaded_rx_state_":true' not in str(await socket.recv()):
        pass
    return socket


async def with_dashboards(port: int, pid: int) -> float:
    """Return the memory in MB while the dashboards are open."""
    cookie = sign_in(port)
    sockets = [await dashboard(port, cookie, number) for number in range(DASHBOARDS)]
    held = servers.memory_of(pid)
    for socket in sockets:
        await socket.close()
    return held


def measure(way: Callable[[Path, int], AbstractContextManager[int]], data: Path) -> Figures:
    """Return the figures of one way to start the app, after its build."""
    starts, port, found = [], servers.free_port(), {}
    for _ in range(STARTS):
        began = time.monotonic()
        with way(data, port) as pid:
            first_answer(port)
            starts.append(time.monotonic() - began)
            time.sleep(1)
            found["memory idle MB"] = servers.memory_of(pid)
            if len(starts) == STARTS:
                held = asyncio.run(with_dashboards(port, pid))
                found[f"memory with {DASHBOARDS} dashboards MB"] = held
    return {"warm start to first answer s": sorted(starts)[STARTS // 2]} | found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        people.make(data)
        with servers.app(data, port := servers.free_port()):
            first_answer(port)
        found = {"reflex run": measure(servers.app, data), "serve": measure(servers.served, data)}
    print(" " * 34 + "".join(f"{way:>12}" for way in found))
    for name in found["serve"]:
        print(f"{name:34}" + "".join(f"{figures[name]:12.1f}" for figures in found.values()))
    print(json.dumps({"bench": "start", "found": found}))


if __name__ == "__main__":
    main()
