"""Redis tells nothing: whatever is done, no key and no value of it names or times anybody."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anonmsg.framework.connections import CONNECTION_COOKIE
from anonmsg.runtime.context import Context
from anonmsg.services import peppers
from tests import databases, factories
from tests.redis_server import RedisServer
from tests.scenarios.test_two_workers import LOADED
from tests.served import Served, served
from tests.served_tabs import open_tab, post

EVENT, FORM = "the words by an event", "the words by a form"
WRONG = "a wrong password of hers"
ADDRESS = "203.0.113.77"


@pytest.fixture
def server(redis: RedisServer, ctx: Context, tmp_path: Path) -> Iterator[Served]:
    peppers.check(ctx)
    factories.person(ctx, "ada")
    env = {"REDIS_URL": redis.url, "WORKERS": "2", "TRUSTED_PROXY_HOPS": "1"}
    with served(tmp_path, env=env) as made:
        yield made


def everything(redis: RedisServer) -> dict[bytes, bytes]:
    """Each key with what DUMP and the command for its kind tell, and when it expires."""
    found = {}
    with redis.client() as client:
        for key in client.scan_iter(count=1000):
            kind = client.type(key)
            if kind == b"none":
                continue  # The lock of an event that has just ended.
            read = {
                b"string": client.get,
                b"hash": client.hgetall,
                b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
            }[kind]
            expires = str(client.pexpiretime(key)).encode()
            told = read(key)
            told = told if isinstance(told, bytes) else repr(told).encode()
            found[key] = b" ".join([told, client.dump(key) or b"", b"expires", expires])
    return found


def times_in(text: bytes) -> list[float]:
    """Every number of a text that could be a time of this year, in seconds."""
    found = []
    for digits in re.findall(rb"\d{9,16}(?:\.\d+)?", text):
        number = float(digits)
        found += [number / unit for unit in (1, 1e3, 1e6) if 1.7e9 < number / unit < 2e9]
    return found


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    return databases.query(folder / "data", statement)


async def test_no_key_and_no_value_tells_who_what_or_when(
    server: Served, redis: RedisServer, tmp_path: Path
) -> None:
    assert post(server, "/sign-in", identifier="ada", password=WRONG)[0] == 401
    status, cookie = post(server, "/sign-in", identifier="ada", password=factories.PASSWORD)
    assert status == 200
    hers = await open_tab(server, "/dashboard", cookie=cookie, shows=LOADED)
    senders = await open_tab(server, "/u/ada", shows="inbox_rx_state_")
    await senders.ask("public_page.send", "/u/ada", form={"message": EVENT, "key": "k"})
    await senders.until('sent_rx_state_":true')
    assert post(server, "/u/ada", message=FORM, key="another")[0] == 200
    assert post(server, "/forgot-password", email="ada@example.com")[0] == 200
    await hers.until(EVENT, FORM)
    sent = [
        datetime.fromisoformat(str(at)).replace(tzinfo=UTC).timestamp()
        for (at,) in rows(tmp_path, "select sent_at from messages")
    ]
    assert len(sent) == 2
    [(person_id,)] = rows(tmp_path, "select id from people")
    sessions = [each for (each,) in rows(tmp_path, "select id from sign_ins")]
    held = everything(redis)
    kinds = {key.split(b":")[1] for key in held if key.startswith(b"anonmsg:")}
    assert kinds >= {b"limit", b"sockets", b"salt", b"tab"}
    assert any(b"dashboard_state" in key for key in held)

    tokens = [each.partition("=")[2] for each in cookie.split("; ")]
    words = [EVENT, FORM, WRONG, factories.PASSWORD, ADDRESS, "127.0.0.1", "@example.com"]
    words += [person_id, *sessions, *tokens, CONNECTION_COOKIE, "ada@", "csystem"]
    text = b"\n".join(b" ".join(each) for each in held.items())
    for word in filter(None, words):
        assert word.encode() not in text, word
    # Their own states are sealed, and never beside a network: all the others tell no time.
    counted = {key: value for key, value in held.items() if key.startswith(b"anonmsg:")}
    for key, value in counted.items():
        if key.startswith((b"anonmsg:salt", b"anonmsg:tab:")):
            continue
        for at in times_in(value):
            assert all(abs(at - moment) > 1 for moment in sent), (key, value)
    for each in (hers, senders):
        await each.socket.close()


def test_the_search_would_find_a_moving_window_and_a_pickle(redis: RedisServer) -> None:
    now = time.time()
    with redis.client() as client:
        client.zadd("anonmsg:limit:network", {"a": now})
        client.set("tab_state", f"\x80\x04{EVENT}")
    held = everything(redis)
    assert any(abs(at - now) < 1 for at in times_in(held[b"anonmsg:limit:network"]))
    assert EVENT.encode() in held[b"tab_state"]
