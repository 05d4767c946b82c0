"""Measures startup time and memory.

    make bench-start

A warm start is one after a build, so Reflex finds most of its work done. Memory
is the proportional set size of the whole process tree, both idle and with 200
open dashboards, each of which is a socket of the same owner.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.request
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from bench import people, servers

STARTS, DASHBOARDS = 3, 200
STATE = "reflex___state____state"


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


def main() -> None:
    """Measure, and print a table and a JSON line."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder) / "data", servers.free_port()
        people.make(data)
        with servers.app(data, port):
            first_answer(port)
        starts = []
        for _ in range(STARTS):
            began = time.monotonic()
            with servers.app(data, port) as pid:
                first_answer(port)
                starts.append(time.monotonic() - began)
                time.sleep(1)
                found["memory idle MB"] = servers.memory_of(pid)
                if len(starts) == STARTS:
                    held = asyncio.run(with_dashboards(port, pid))
                    found[f"memory with {DASHBOARDS} dashboards MB"] = held
        found["warm start to first answer s"] = sorted(starts)[STARTS // 2]
    for name, value in found.items():
        print(f"{name:34}{value:10.1f}")
    print(json.dumps({"bench": "start", "found": found}))


if __name__ == "__main__":
    main()
