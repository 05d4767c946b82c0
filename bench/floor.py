"""The floor: the least that Starlette, Granian and SQLite can do per request.

One INSERT with synchronous=FULL for each POST, one SELECT for each GET, and
nothing else: no limits, no clean-up, no anonymity. Run by bench/load.py.
"""

from __future__ import annotations

import os
import sqlite3
import threading

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

FILE = os.environ["FLOOR_DB"]
local = threading.local()


def connection() -> sqlite3.Connection:
    """One connection a thread, as safe as the app's own."""
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(FILE, isolation_level=None, timeout=10)
        local.db.execute("PRAGMA journal_mode=WAL")
        local.db.execute("PRAGMA synchronous=FULL")
        local.db.execute("CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, text TEXT)")
    return local.db


def insert(text: str) -> None:
    """One transaction, on disk when it returns."""
    connection().execute("INSERT INTO messages (text) VALUES (?)", (text,))


async def send(request: Request) -> PlainTextResponse:
    """Store what was posted."""
    await run_in_threadpool(insert, (await request.body()).decode())
    return PlainTextResponse("ok")


async def page(_request: Request) -> PlainTextResponse:
    """Answer with nothing to speak of."""
    return PlainTextResponse("ok")


app = Starlette(routes=[Route("/u/ada", send, methods=["POST"]), Route("/u/ada", page)])
