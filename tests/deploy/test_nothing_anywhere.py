"""A sender leaves nothing anywhere: not in any store, log or file of a whole installation.

Two instances serve one site behind a proxy, with PostgreSQL and Redis. What is planted
comes by an event and by a form, from an address of its own.
"""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

import psycopg
import pytest
from websockets.asyncio.client import connect

from bench import people
from bench.faults.proxies import PROXIES
from bench.faults.several import Several, several
from tests.postgresql_server import PostgresqlServer, postgresql_server
from tests.scenarios.test_redis_tells_nothing import everything, times_in
from tests.served_tabs import ServedTab
from tests.tabs import ROOT

pytestmark = [pytest.mark.hosts, pytest.mark.usefixtures("_built")]

# All of 127.0.0.0/8 is this machine; nobody else comes from here.
OWN = "127.0.0.77"
FORGED, DEVICE, TONGUE, TRACK = "203.0.113.77", "planted-device", "tlh-ZQ", "planted-cookie"
SENDER = (OWN, FORGED, DEVICE, TONGUE, TRACK)
EVENT, FORM, REFUSED = "the words by an event", "the words by a form", "w" * 1001
HEADERS = {
    "User-Agent": f"Mozilla/5.0 ({DEVICE}) Chrome/140",
    "Accept-Language": TONGUE,
    "X-Forwarded-For": FORGED,
    "Forwarded": f"for={FORGED}",
    "Cookie": f"track={TRACK}",
    "Referer": f"http://{DEVICE}.example/",
}


@dataclass
class Installation:
    """Everything that could keep something, by what it is called."""

    site: Several
    database: PostgresqlServer
    name: str
    metrics: list[str] = field(default_factory=list)

    def logs(self) -> dict[str, bytes]:
        """What is logged, by whomever."""
        found = {f"proxy: {each.name}": each for each in self.site.proxy.folder.glob("*.log")}
        found |= {each.name: each for each in self.site.any.data.glob("*.log")}
        read = {name: each.read_bytes() for name, each in found.items()}
        return read | {"PostgreSQL's log": self.database.log.encode()}

    def redis(self) -> dict[str, bytes]:
        held = everything(self.site.redis)
        return {f"Redis: {key!r}": key + b" " + value for key, value in held.items()}

    def tables(self) -> dict[str, bytes]:
        """Each table's rows, as text."""
        with self.database.superuser(self.name) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
            found = {}
            for (table,) in names.fetchall():
                query = f"SELECT t::text FROM {table} t"  # noqa: S608  (the server told its name)
                rows = connection.execute(query.encode()).fetchall()
                found[f"table {table}"] = "\n".join(str(row[0]) for row in rows).encode()
            connection.execute("CHECKPOINT")
        return found

    def files(self) -> dict[str, bytes]:
        """Every file of the instances, the proxy and the database server."""
        folders = [self.site.any.data, self.site.proxy.folder, self.database.folder]
        found = {}
        for file in (each for folder in folders for each in folder.rglob("*")):
            if file.is_file():
                found[str(file)] = file.read_bytes()
        return found

    def told(self) -> dict[str, bytes]:
        return {f"metrics {n}": each.encode() for n, each in enumerate(self.metrics)}


def places_of(word: str, kept: dict[str, bytes]) -> list[str]:
    sought = [word.lower().encode(), word.lower().encode("utf-16-le")]
    return [name for name, each in kept.items() if any(s in each.lower() for s in sought)]


def ask(
    port: int, path: str, *, source: str = OWN, headers: dict[str, str] | None = None, **form: str
) -> tuple[int, str, str]:
    """Ask for a page or post a form from an address; return status, body and cookies."""
    connection = http.client.HTTPConnection("127.0.0.1", port, 30, source_address=(source, 0))
    body = urllib.parse.urlencode(form) if form else None
    more = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST" if form else "GET", path, body, (headers or {}) | more)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    cookies = [each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or []]
    connection.close()
    return answer.status, text, "; ".join(cookies)


async def open_tab(port: int, path: str, *, cookie: str, source: str, **more: str) -> ServedTab:
    url = f"ws://127.0.0.1:{port}/_event/?token={uuid4()}&EIO=4&transport=websocket"
    headers = more | {"Origin": f"http://127.0.0.1:{port}", "Cookie": cookie}
    user_agent = headers.pop("User-Agent", None)
    socket = await connect(
        url,
        additional_headers=headers,
        user_agent_header=user_agent,
        max_size=None,
        local_addr=(source, 0),
    )
    made = ServedTab(socket, 0)
    route = "/u/[username]" if path.startswith("/u/") else path
    where = {"pathname": route, "asPath": path, "query": {}}
    event = {"name": f"{ROOT}.hydrate_and_load", "payload": {"vars": {}, "hashes": ["-"]}}
    await socket.send("40/_event," + json.dumps({"event": event | {"router_data": where}}))
    return made


@pytest.fixture
def database() -> Iterator[PostgresqlServer]:
    with postgresql_server() as made:
        yield made


@pytest.mark.parametrize("proxy", PROXIES)
async def test_a_sender_leaves_nothing_in_a_whole_installation(
    proxy: str, database: PostgresqlServer
) -> None:
    name = database.database()
    with several(proxy, "ada", database=database.url(name)) as site:
        port = site.proxy.port
        assert (
            ask(port, "/sign-in", source="127.0.0.1", identifier="ada", password="wrong")[0] == 401
        )
        status, _, cookie = ask(
            port, "/sign-in", source="127.0.0.1", identifier="ada", password=people.PASSWORD
        )
        assert status == 303
        hers = await open_tab(port, "/dashboard", cookie=cookie, source="127.0.0.1")
        await hers.until("loaded_rx_state_")

        planted = {key: value for key, value in HEADERS.items() if key != "Cookie"}
        senders = await open_tab(port, "/u/ada", cookie=HEADERS["Cookie"], source=OWN, **planted)
        await senders.until("inbox_rx_state_")
        for message in (REFUSED, EVENT):
            await senders.ask("public_page.send", "/u/ada", form={"message": message, "key": "k"})
        await senders.until('sent_rx_state_":true')
        assert ask(port, "/u/ada", headers=HEADERS)[0] == 200
        assert ask(port, f"/u/nobody?{TRACK}", headers=HEADERS)[0] == 404
        assert ask(port, "/u/ada", headers=HEADERS, message=REFUSED, key="a")[0] == 400
        assert ask(port, "/u/ada", headers=HEADERS, message=FORM, key="b")[0] == 200
        assert ask(port, "/forgot-password", source="127.0.0.1", email="ada@example.com")[0] == 200
        await hers.until(EVENT, FORM)

        all_of_it = Installation(site, database, name)
        for each in site.instances:
            status, text, _ = ask(each.port, "/metrics", source="127.0.0.1")
            assert status == 200
            assert "anonmsg_messages_total" in text
            all_of_it.metrics.append(text)
        held, logs, told = all_of_it.redis(), all_of_it.logs(), all_of_it.told()
        kept = held | logs | told | all_of_it.tables() | all_of_it.files()
        _expect_places(all_of_it, kept)
        for word in (*SENDER, EVENT, FORM, REFUSED[:100]):
            assert places_of(word, kept) == [], word

        with database.superuser(name) as connection:
            [(owner_id,)] = _rows(connection, "SELECT id FROM people")
            sessions = [str(row[0]) for row in _rows(connection, "SELECT id FROM sign_ins")]
            sent = [row[0] for row in _rows(connection, "SELECT sent_at FROM messages")]
        tokens = [each.partition("=")[2] for each in cookie.split("; ")]
        hers_alone = ["ada@example.com", people.PASSWORD, str(owner_id), *sessions, *tokens]
        for word in hers_alone:
            assert places_of(word, held | logs | told) == [], word
        _expect_no_time_of(sent, site)
        for each in (hers, senders):
            await each.socket.close()


def _rows(
    connection: psycopg.Connection[tuple[object, ...]], query: str
) -> list[tuple[object, ...]]:
    return connection.execute(query.encode()).fetchall()


def _expect_places(found: Installation, kept: dict[str, bytes]) -> None:
    """Check that everything was searched, and would be found."""
    assert any(name.startswith("proxy: ") for name in kept)
    assert {"server.log", "PostgreSQL's log", "table messages", "table people"} <= kept.keys()
    assert any("dashboard_state" in name for name in kept)
    assert places_of("ada@example.com", kept) != []
    assert any("pg_wal" in name for name in kept)
    assert len(found.metrics) == 2


def _expect_no_time_of(sent: list[object], site: Several) -> None:
    """Check that no key beside a network says when something was sent."""
    moments = [at.timestamp() for at in sent if isinstance(at, datetime)]
    assert len(moments) == 2
    for key, value in everything(site.redis).items():
        if not key.startswith(b"anonmsg:") or key.startswith((b"anonmsg:salt", b"anonmsg:tab:")):
            continue
        for at in times_in(value):
            assert all(abs(at - moment) > 1 for moment in moments), (key, value)
