"""Two instances behind each proxy: who arrives where, who is told, and what is logged."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from bench.faults.http import Http
from bench.faults.proxies import PROXIES
from bench.faults.several import Several, several
from bench.faults.site import sign_in
from bench.faults.tabs import Tab
from tests.served import read_all

pytestmark = [pytest.mark.hosts, pytest.mark.usefixtures("_built")]
WITHIN = 30.0
# How many connections to each instance Caddy keeps open for its own checks.
TABS, CHECKS = 8, 2
# Nothing of these may be in a proxy's log.
ADDRESS, QUERY, TEXT = "127.83.7.9", "planted-in-the-query", "planted-in-the-text"
FORWARDED, BROWSER, COOKIE = "203.0.113.77", "PlantedBrowser", "planted-in-a-cookie"
ESTABLISHED = "01"


@pytest.fixture(params=PROXIES)
def made(request: pytest.FixtureRequest) -> Iterator[Several]:
    """Ada's site over http."""
    with several(request.param, "ada") as running:
        yield running


@pytest.fixture(params=PROXIES)
def safe(request: pytest.FixtureRequest) -> Iterator[Several]:
    """Ada's site over https."""
    with several(request.param, "ada", is_safe=True) as running:
        yield running


def connections(port: int) -> int:
    """How many open connections a server on this port has."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    here = f":{port:04X}"
    return sum(row[1].endswith(here) and row[3] == ESTABLISHED for row in rows)


async def test_a_message_reaches_the_tabs_of_both_instances(made: Several) -> None:
    async with Http(made.proxy.port) as browser:
        cookie = await sign_in(browser, "ada")
    ports = [each.port for each in made.instances]
    async with asyncio.TaskGroup() as opening:
        tabs = [Tab(made.proxy.port, "/dashboard", cookie=cookie) for _ in range(TABS)]
        for each in tabs:
            opening.create_task(each.open())
    for each in tabs:
        await each.load()
    # Connections that the proxy keeps for later close by themselves.
    deadline = time.monotonic() + WITHIN
    while sum(map(connections, ports)) > TABS + len(ports) * CHECKS:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    assert min(map(connections, ports)) > CHECKS
    for number, port in enumerate([*ports, made.proxy.port, made.proxy.port]):
        async with Http(port) as sender:
            text = f"number {number}"
            answer = await sender.post("/u/ada", {"message": text, "key": f"k{number}"})
            assert answer.status == 200
        for each in tabs:
            await each.until(text)
    for each in tabs:
        await each.close()


async def test_five_guesses_are_all_there_are_behind_either_instance(made: Several) -> None:
    guess = {"identifier": "ada", "password": "not her password"}
    async with Http(made.proxy.port) as browser:
        statuses = [
            (await browser.post("/sign-in", guess, Accept="application/json")).status
            for _ in range(7)
        ]
    assert statuses == [401] * 5 + [429] * 2


def over_tls(made: Several) -> ssl.SSLContext:
    """A client's settings that trust the proxy's certificate."""
    return ssl.create_default_context(cafile=str(made.proxy.certificate))


async def test_pages_forms_and_sockets_pass_over_https(safe: Several) -> None:
    port, trusting = safe.proxy.port, over_tls(safe)
    site = f"https://localhost:{port}"

    def ask(path: str, body: str = "") -> str:
        lines = [
            f"{'POST' if body else 'GET'} {path} HTTP/1.1",
            f"Host: localhost:{port}",
            f"Origin: {site}",
            "Sec-Fetch-Site: same-origin",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        with (
            socket.create_connection(("127.0.0.1", port), timeout=WITHIN) as plain,
            trusting.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall("\r\n".join([*lines, "", body]).encode())
            return read_all(connection).decode()

    page = await asyncio.to_thread(ask, "/")
    assert page.startswith("HTTP/1.1 200")
    assert f'content="{site}/preview.png"' in page
    assert "strict-transport-security:" in page.lower()
    sent = await asyncio.to_thread(ask, "/u/ada", "message=hello&key=once")
    assert "Message sent anonymously" in sent
    url = f"wss://localhost:{port}/_event/?EIO=4&transport=websocket"
    token = "&token=00000000-0000-4000-8000-000000000000"
    async with connect(url + token, ssl=trusting, origin=site, proxy=None) as tab:
        assert json.loads(str(await tab.recv())[1:])["sid"]


def test_nobody_reads_the_figures_through_a_proxy(made: Several) -> None:
    def asked(port: int) -> bytes:
        lines = ("GET /metrics HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close")
        return raw(port, "\r\n".join([*lines, "", ""]).encode()).partition(b"\r\n")[0]

    assert status(made.proxy.port, "/metrics") == 404
    assert b" 404 " in asked(made.proxy.port)
    for each in made.instances:
        assert b" 200 " in asked(each.port)


def test_no_proxy_logs_who_came_or_what_they_asked_for(made: Several) -> None:
    port = made.proxy.port
    assert {status(port, path) for path in ("/", "/u/ada")} == {200}
    assert status(port, "/u/ada", method="POST") == 200
    raw(port, b"\x16\x03\x01 no HTTP, " + QUERY.encode() + b"\r\n\r\n")
    raw(port, b"GET /" + b"x" * 70_000 + QUERY.encode())
    for each in made.instances:
        each.kill()
        each.stop()
    assert {status(port, path) for path in ("/", "/u/ada")} <= {502, 503}
    assert status(port, "/sign-in", method="POST") in {502, 503}
    logs = made.proxy.logs
    # They log that something was answered, and how.
    for each in (200, 502):
        assert f" {each} " in logs or f'"status":{each}' in logs
    for each in (ADDRESS, QUERY, TEXT, FORWARDED, BROWSER, COOKIE, "u/ada", "sign-in"):
        assert each not in logs, logs


def status(port: int, path: str, *, method: str = "GET") -> int:
    """The answer to a request that's full of what mustn't be logged."""
    body = f"message={TEXT}" if method == "POST" else ""
    lines = [
        f"{method} {path}?q={QUERY} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"X-Forwarded-For: {FORWARDED}",
        f"User-Agent: {BROWSER}",
        f"Cookie: c={COOKIE}",
        f"Referer: http://{QUERY}.example/",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    answer = raw(port, "\r\n".join([*lines, "", body]).encode())
    assert answer.startswith(b"HTTP/1.1 "), answer
    return int(answer.split()[1])


def raw(port: int, sent: bytes) -> bytes:
    """What comes back for these bytes, from an address that would be known again."""
    with socket.socket() as connection:
        connection.settimeout(WITHIN)
        connection.bind((ADDRESS, 0))
        connection.connect(("127.0.0.1", port))
        try:
            connection.sendall(sent)
            return read_all(connection)
        except OSError:
            return b""


async def test_a_browser_is_asked_to_send_once_more_and_only_once() -> None:
    with several("caddy", "ada") as running:
        for each in running.instances:
            each.kill()
            each.stop()
        async with Http(running.proxy.port) as sender:
            first = await sender.post("/u/ada", {"message": "a", "key": "k"})
            assert first.status == 307
            again = first.headers["location"]
            assert urlsplit(again).path == "/u/ada"
            assert (await sender.post(again, {"message": "a", "key": "k"})).status in {502, 503}
            other = await sender.post("/sign-in", {"identifier": "ada", "password": "x"})
            assert other.status in {502, 503}
