"""Two real workers and a real Redis: whoever is asked, the answer is the same."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anonmsg.runtime.context import Context
from anonmsg.services import peppers
from tests import factories
from tests.holders import workers
from tests.redis_server import RedisServer
from tests.served import Served, read_all, served
from tests.served_tabs import ServedTab, in_both_workers, open_tab, post, worker_of

# A killed worker's places come free within seconds here, not a minute and a half.
SOONER = """
from anonmsg.runtime.shared import counting_scripts, places, sharing_redis
for name in ("ENTER", "RENEW"):
    script = getattr(counting_scripts, name).replace("grid = 30000", "grid = 500")
    setattr(places, name, script)
places.LIVES_MS, sharing_redis.RENEW_SECONDS = 3_000, 0.5
"""
COME_AGAIN = 1012
LOADED = r'loaded_rx_state_":true'
PLACES = re.compile(rb"anonmsg:sockets:[0-9a-f]{32}")


@pytest.fixture
def server(own_redis: RedisServer, ctx: Context, tmp_path: Path) -> Iterator[Served]:
    """Two workers, and ada, who has an account."""
    peppers.check(ctx)
    factories.person(ctx, "ada")
    env = {"REDIS_URL": own_redis.url, "WORKERS": "2"}
    with served(tmp_path, first=SOONER, env=env) as made:
        yield made


def sign_in(server: Served) -> str:
    status, cookie = post(server, "/sign-in", identifier="ada", password=factories.PASSWORD)
    assert status == 200
    return cookie


async def dashboards(server: Served) -> list[ServedTab]:
    cookie = await asyncio.to_thread(sign_in, server)
    return await in_both_workers(
        server, lambda: open_tab(server, "/dashboard", cookie=cookie, shows=LOADED)
    )


async def eventually(is_so: Callable[[], bool], server: Served) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, server.log
        await asyncio.sleep(0.05)


async def test_a_message_reaches_the_tabs_of_both_workers(server: Served) -> None:
    tabs = await dashboards(server)
    for number in range(4):
        sent = await asyncio.to_thread(post, server, "/u/ada", message=f"number {number}", key="")
        assert sent[0] == 200
        for each in tabs:
            await each.until(f"number {number}")
    for each in tabs:
        await each.socket.close()


def test_five_guesses_are_all_there_are_whoever_counts_them(server: Served) -> None:
    reached, statuses = set(), []
    guess = (
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
        b"Sec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 33\r\n\r\n"
        b"identifier=ada&password=wrong-one"
    )
    while len(statuses) < 9 or len(reached) < 2:
        with server.connect() as connection:
            reached.add(worker_of(server, connection.getsockname()[1]))
            connection.sendall(guess)
            statuses.append(int(read_all(connection).split()[1]))
    assert statuses[:9] == [401] * 5 + [429] * 4
    assert set(statuses[5:]) == {429}


async def test_a_killed_worker_s_places_come_free_and_it_comes_back(
    server: Served, own_redis: RedisServer
) -> None:
    assert server.process is not None
    tabs = await dashboards(server)
    lost = tabs[0].worker
    with own_redis.client() as client:
        # One network, one key, whichever worker holds the socket.
        [key] = [each for each in client.scan_iter() if PLACES.fullmatch(each)]

        def held() -> int:
            return client.zcount(key, time.time() * 1000, "+inf")

        assert held() == len(tabs)
        os.kill(lost, signal.SIGKILL)
        await eventually(lambda: lost not in workers(server.process.pid), server)
        remain = [each for each in tabs if each.worker != lost]
        await eventually(lambda: held() == len(remain), server)
        await eventually(lambda: len(workers(server.process.pid)) == 2, server)
        more = await dashboards(server)
        assert lost not in {each.worker for each in more}
        assert held() == len(remain) + len(more)
        for each in [*remain, *more]:
            await each.socket.close()
        await eventually(lambda: held() == 0, server)


async def test_redis_goes_and_comes_back_and_nobody_restarts_anything(
    server: Served, own_redis: RedisServer
) -> None:
    tabs = await dashboards(server)
    own_redis.stop()
    await eventually(lambda: server.log.count("Redis can't be used") == 2, server)
    for number in range(3):
        for each in tabs:
            await each.ask("dashboard.look_again", "/dashboard")
        status, _ = await asyncio.to_thread(post, server, "/u/ada", message=f"lost {number}")
        assert status == 200
    # A page that's opened now is told what is wrong.
    opened = await open_tab(server, "/dashboard", shows="Something went wrong on our end")
    await asyncio.sleep(2)
    # Each failed event is a line, and nothing is said again and again.
    asked = 3 * len(tabs) + 1
    assert len(server.log.splitlines()) <= 2 * asked + 20, server.log
    assert "Traceback" not in server.log, server.log
    own_redis.start()
    await eventually(lambda: server.log.count("Redis is back") == 2, server)
    # Each tab that couldn't be loaded is asked to connect again, and that loads it.
    for each in (*tabs, opened):
        async with asyncio.timeout(30):
            await each.socket.wait_closed()
        assert each.socket.close_code == COME_AGAIN
    later = await dashboards(server)
    status, _ = await asyncio.to_thread(post, server, "/u/ada", message="as before")
    for each in later:
        await each.until("as before")
        await each.socket.close()
    assert server.stop() < 10
    assert "Traceback" not in server.log, server.log
