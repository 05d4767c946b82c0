"""The floor, our baseline: the minimum work per request with Starlette, Granian and SQLite.

Each POST does one INSERT with synchronous=FULL, each GET answers right away, and
there's nothing else: no limits, no clean-up, no anonymity. bench/load.py runs it.
bench/first_paint.py opens its page of one heading and a box.
"""

from __future__ import annotations

import os
import sqlite3
import threading

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

FILE = os.environ["FLOOR_DB"]
local = threading.local()


def connection() -> sqlite3.Connection:
    """Return this thread's connection, as durable as the app's own."""
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(FILE, isolation_level=None, timeout=10)
        local.db.execute("PRAGMA journal_mode=WAL")
        local.db.execute("PRAGMA synchronous=FULL")
        local.db.execute("CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, text TEXT)")
    return local.db


def insert(text: str) -> None:
    """Insert a row in one transaction, which is on disk on return."""
    connection().execute("INSERT INTO messages (text) VALUES (?)", (text,))


async def send(request: Request) -> PlainTextResponse:
    """Store the posted body."""
    await run_in_threadpool(insert, (await request.body()).decode())
    return PlainTextResponse("ok")


async def page(_request: Request) -> PlainTextResponse:
    """Answer with a minimal body."""
    return PlainTextResponse("ok")


async def paint(_request: Request) -> HTMLResponse:
    """Answer with the least that a person can see and write in."""
    return HTMLResponse("<!DOCTYPE html><title>Ada</title><h1>Ada</h1><textarea></textarea>")


app = Starlette(
    routes=[
        Route("/u/ada", send, methods=["POST"]),
        Route("/u/ada", page),
        Route("/paint", paint),
    ]
)
